<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="de" sourcelanguage="en">
<context>
    <name>Actions</name>
    <message>
        <source>&amp;About RLM Desktop</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Add documents…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Ask</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Calls</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Copy final answer</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Dark</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Documents</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Edit</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;File</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Find in the calls</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Go</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Help</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;History</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Inspector</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Keyboard shortcuts</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Light</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;New session</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Next event</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Next pane</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Play or pause</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Previous pane</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Question</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Quit</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Rename session…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Replay</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Run</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Sessions</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Settings…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Stop</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Theme</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Undo removal</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;View</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Ask the question over the documents.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Bring back what was removed last.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose files to ask questions of.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Close the row, or go to its parent</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Close the window; a run that is going on is stopped.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Copy the answer as Markdown.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>First or last row</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Follow the &amp;system</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Give the selected session another name.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Go one event back.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Go one event on.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Go to the filter of the calls.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Go to the iteration before.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Go to the list of documents.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Go to the list of sessions.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Go to the next iteration.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Go to the next pane.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Go to the pane before.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Go to the question box.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Go to the tree of calls.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Go to what the selected row did.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Home, End</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Left</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Load the example documents and a question.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Models, limits and appearance.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Next &amp;error</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Next &amp;iteration</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open the &amp;example session</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open the &amp;log folder</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open the row, or go to its first child</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Play or pause the replay.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Play the run that is shown as it happened, or stop that.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Pre&amp;vious error</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Pre&amp;vious event</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Previous i&amp;teration</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Re&amp;play control</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Right</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Row before or after</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Select the next row with an error.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Select the row with an error before.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Select the run&apos;s first row.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show final &amp;answer</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show or hide the list of sessions.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show this list.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Start with an empty session.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Stop the run; what it has found so far is kept.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Up, Down</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Version and licence.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Where the log and crash reports are.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Counted</name>
    <message numerus="yes">
        <source>{count} call(s)</source>
        <translation type="unfinished">
            <numerusform></numerusform>
            <numerusform></numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>{count} character(s)</source>
        <translation type="unfinished">
            <numerusform></numerusform>
            <numerusform></numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>{count} error(s)</source>
        <translation type="unfinished">
            <numerusform></numerusform>
            <numerusform></numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>{count} file(s)</source>
        <translation type="unfinished">
            <numerusform></numerusform>
            <numerusform></numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>{count} page(s)</source>
        <translation type="unfinished">
            <numerusform></numerusform>
            <numerusform></numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>{count} request(s)</source>
        <translation type="unfinished">
            <numerusform></numerusform>
            <numerusform></numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>{count} run(s)</source>
        <translation type="unfinished">
            <numerusform></numerusform>
            <numerusform></numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>{count} thread(s)</source>
        <translation type="unfinished">
            <numerusform></numerusform>
            <numerusform></numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>{count} variable(s)</source>
        <translation type="unfinished">
            <numerusform></numerusform>
            <numerusform></numerusform>
        </translation>
    </message>
</context>
<context>
    <name>Figures</name>
    <message>
        <source>Today</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Yesterday</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>d MMMM</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>d MMMM yyyy</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>≈ {count} tokens</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Samples</name>
    <message>
        <source>Annual report of Northlight Instruments (invented)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Four regions, 24 countries, 101 states: a document that is worth recursing into.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>How this program works: a first, short document.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>RLM Desktop user guide</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Settings</name>
    <message>
        <source>%</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Budget usd</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Calls that may ask a model at the same time</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cell timeout</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Colours of the window</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Compact</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Confined</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Dark</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>De</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Density</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>En</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Explicit</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Font size</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>How much room rows and controls take</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Installed libraries that cells may import; pandas brings numpy</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Iterations of the root call; sub-calls get fewer by depth</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Iterations with an error in a row after which a call gives up</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Language</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Language of the window, from the next start on</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Levels of calls below the root: 1 means plain sub-calls only</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Light</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Longest time that one cell may compute, waiting for models not counted</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Longest time that one run may take</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>MB</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Max calls</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Max concurrent</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Max depth</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Max errors</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Max iterations</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Max tokens</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Memory limit mb</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Memory that one REPL may use, beside its context</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Model of the root call</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Model of the sub-calls; empty means the root model</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Most calls that one run may make</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Most that one run may cost</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Most tokens that one run may use, read and written</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>None</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Normal</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Numpy</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Output limit</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Output of a cell that the model is shown</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Pandas</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Python fences</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Real Python in confined processes, or a restricted interpreter for a part of it</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Recursive</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Repl libraries</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Repl mode</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Roomy</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Root model</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Run ```python blocks when a reply has no ```repl block</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Size of the text, against the system&apos;s</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Strict</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Sub calls</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Sub model</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>System</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Theme</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Timeout</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>USD</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Whether llm_query recurses while levels remain, or only rlm_query does</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>characters</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>seconds</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Status</name>
    <message>
        <source>Budget exceeded</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Call limit exceeded</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cancelled</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Completed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Error</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Error threshold exceeded</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Failed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Interrupted</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Killed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Ok</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Out of iterations</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Queued</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Running</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Timeout exceeded</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Token limit exceeded</source>
        <translation type="unfinished"></translation>
    </message>
</context>
</TS>
