<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="en" sourcelanguage="en">
<context>
    <name>AboutDialog</name>
    <message numerus="yes">
        <source>Made of %n part(s), each with its licence:</source>
        <translation>
            <numerusform>Made of %n part, each with its licence:</numerusform>
            <numerusform>Made of %n parts, each with its licence:</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>Application</name>
    <message numerus="yes">
        <source>%n run(s) are going on.</source>
        <translation>
            <numerusform>A run is going on.</numerusform>
            <numerusform>%n runs are going on.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>Counted</name>
    <message numerus="yes">
        <source>{count} NUL character(s)</source>
        <translation>
            <numerusform>{count} NUL character</numerusform>
            <numerusform>{count} NUL characters</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>{count} byte(s)</source>
        <translation>
            <numerusform>{count} byte</numerusform>
            <numerusform>{count} bytes</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>{count} call(s)</source>
        <translation>
            <numerusform>{count} call</numerusform>
            <numerusform>{count} calls</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>{count} chapter(s)</source>
        <translation>
            <numerusform>{count} chapter</numerusform>
            <numerusform>{count} chapters</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>{count} character(s)</source>
        <translation>
            <numerusform>{count} character</numerusform>
            <numerusform>{count} characters</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>{count} document(s)</source>
        <translation>
            <numerusform>{count} document</numerusform>
            <numerusform>{count} documents</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>{count} error(s)</source>
        <translation>
            <numerusform>{count} error</numerusform>
            <numerusform>{count} errors</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>{count} file(s)</source>
        <translation>
            <numerusform>{count} file</numerusform>
            <numerusform>{count} files</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>{count} further warning(s)</source>
        <translation>
            <numerusform>{count} further warning</numerusform>
            <numerusform>{count} further warnings</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>{count} lone surrogate(s)</source>
        <translation>
            <numerusform>{count} lone surrogate</numerusform>
            <numerusform>{count} lone surrogates</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>{count} object(s)</source>
        <translation>
            <numerusform>{count} object</numerusform>
            <numerusform>{count} objects</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>{count} other model(s)</source>
        <translation>
            <numerusform>{count} other model</numerusform>
            <numerusform>{count} other models</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>{count} page(s)</source>
        <translation>
            <numerusform>{count} page</numerusform>
            <numerusform>{count} pages</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>{count} part(s)</source>
        <translation>
            <numerusform>{count} part</numerusform>
            <numerusform>{count} parts</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>{count} passage(s)</source>
        <translation>
            <numerusform>{count} passage</numerusform>
            <numerusform>{count} passages</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>{count} place(s)</source>
        <translation>
            <numerusform>{count} place</numerusform>
            <numerusform>{count} places</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>{count} request(s)</source>
        <translation>
            <numerusform>{count} request</numerusform>
            <numerusform>{count} requests</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>{count} run(s)</source>
        <translation>
            <numerusform>{count} run</numerusform>
            <numerusform>{count} runs</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>{count} sign(s)</source>
        <translation>
            <numerusform>{count} sign</numerusform>
            <numerusform>{count} signs</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>{count} sub-call(s)</source>
        <translation>
            <numerusform>{count} sub-call</numerusform>
            <numerusform>{count} sub-calls</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>{count} thread(s)</source>
        <translation>
            <numerusform>{count} thread</numerusform>
            <numerusform>{count} threads</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>{count} variable(s)</source>
        <translation>
            <numerusform>{count} variable</numerusform>
            <numerusform>{count} variables</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>{count} warning(s)</source>
        <translation>
            <numerusform>{count} warning</numerusform>
            <numerusform>{count} warnings</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>FamilyLine</name>
    <message numerus="yes">
        <source>%n more</source>
        <translation>
            <numerusform>%n more</numerusform>
            <numerusform>%n more</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ForkDialog</name>
    <message numerus="yes">
        <source>%n iteration(s) are served from the record; no model is asked for them.</source>
        <translation>
            <numerusform>%n iteration is served from the record; no model is asked for it.</numerusform>
            <numerusform>%n iterations are served from the record; no model is asked for them.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>GuideWindow</name>
    <message numerus="yes">
        <source>%n section(s) found</source>
        <translation>
            <numerusform>%n section found</numerusform>
            <numerusform>%n sections found</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>Message</name>
    <message numerus="yes">
        <source>%n older message(s): close this one to see more</source>
        <translation>
            <numerusform>%n older message: close this one to see it</numerusform>
            <numerusform>%n older messages: close this one to see more</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ProposalPane</name>
    <message numerus="yes">
        <source>%n more wait(s) in other calls.</source>
        <translation>
            <numerusform>%n more waits in other calls.</numerusform>
            <numerusform>%n more wait in other calls.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>StatusLine</name>
    <message numerus="yes">
        <source>%n cell(s) wait(s) for you</source>
        <translation>
            <numerusform>%n cell waits for you</numerusform>
            <numerusform>%n cells wait for you</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>SystemCheck</name>
    <message numerus="yes">
        <source>%n thing(s) must be mended.</source>
        <translation>
            <numerusform>%n thing must be mended.</numerusform>
            <numerusform>%n things must be mended.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>VariablesPage</name>
    <message numerus="yes">
        <source>%n more not listed.</source>
        <translation>
            <numerusform>%n more not listed.</numerusform>
            <numerusform>%n more not listed.</numerusform>
        </translation>
    </message>
</context>
</TS>
