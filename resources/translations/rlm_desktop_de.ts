<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="de" sourcelanguage="en">
<context>
    <name>AboutDialog</name>
    <message>
        <source>A desktop workbench for Recursive Language Models, under the MIT licence. Uses Qt through PySide6, under the LGPL.</source>
        <translation>Eine Werkbank für rekursive Sprachmodelle (RLM), unter der MIT-Lizenz. Verwendet Qt durch PySide6, unter der LGPL.</translation>
    </message>
    <message>
        <source>About RLM Desktop</source>
        <translation>Über RLM Desktop</translation>
    </message>
    <message>
        <source>It brings no text of its own.</source>
        <translation>Es bringt keinen eigenen Text mit.</translation>
    </message>
    <message>
        <source>Licence</source>
        <translation>Lizenz</translation>
    </message>
    <message numerus="yes">
        <source>Made of %n part(s), each with its licence:</source>
        <translation>
            <numerusform>Aus %n Teil, mit seiner Lizenz:</numerusform>
            <numerusform>Aus %n Teilen, jedes mit seiner Lizenz:</numerusform>
        </translation>
    </message>
    <message>
        <source>Parts</source>
        <translation>Teile</translation>
    </message>
    <message>
        <source>Reading the licences…</source>
        <translation>Lizenzen werden gelesen…</translation>
    </message>
</context>
<context>
    <name>Actions</name>
    <message>
        <source>&amp;About RLM Desktop</source>
        <translation>Ü&amp;ber RLM Desktop</translation>
    </message>
    <message>
        <source>&amp;Add documents…</source>
        <translation>&amp;Dokumente hinzufügen…</translation>
    </message>
    <message>
        <source>&amp;Ask</source>
        <translation>&amp;Fragen</translation>
    </message>
    <message>
        <source>&amp;Calls</source>
        <translation>&amp;Aufrufe</translation>
    </message>
    <message>
        <source>&amp;Copy final answer</source>
        <translation>Endgültige &amp;Antwort kopieren</translation>
    </message>
    <message>
        <source>&amp;Costs of the run</source>
        <translation>&amp;Kosten des Laufs</translation>
    </message>
    <message>
        <source>&amp;Dark</source>
        <translation>&amp;Dunkel</translation>
    </message>
    <message>
        <source>&amp;Documents</source>
        <translation>&amp;Dokumente</translation>
    </message>
    <message>
        <source>&amp;Edit</source>
        <translation>&amp;Bearbeiten</translation>
    </message>
    <message>
        <source>&amp;File</source>
        <translation>&amp;Datei</translation>
    </message>
    <message>
        <source>&amp;Find in the calls</source>
        <translation>In den Aufrufen s&amp;uchen</translation>
    </message>
    <message>
        <source>&amp;Fork here…</source>
        <translation>Hier abz&amp;weigen…</translation>
    </message>
    <message>
        <source>&amp;Go</source>
        <translation>&amp;Gehe zu</translation>
    </message>
    <message>
        <source>&amp;Guide</source>
        <translation>&amp;Anleitung</translation>
    </message>
    <message>
        <source>&amp;Help</source>
        <translation>&amp;Hilfe</translation>
    </message>
    <message>
        <source>&amp;History</source>
        <translation>&amp;Verlauf</translation>
    </message>
    <message>
        <source>&amp;Import runs…</source>
        <translation>Läufe &amp;importieren…</translation>
    </message>
    <message>
        <source>&amp;Inspector</source>
        <translation>&amp;Inspektor</translation>
    </message>
    <message>
        <source>&amp;Keyboard shortcuts</source>
        <translation>&amp;Tastenkürzel</translation>
    </message>
    <message>
        <source>&amp;Light</source>
        <translation>&amp;Hell</translation>
    </message>
    <message>
        <source>&amp;List of sessions</source>
        <translation>&amp;Sitzungsliste</translation>
    </message>
    <message>
        <source>&amp;New session</source>
        <translation>&amp;Neue Sitzung</translation>
    </message>
    <message>
        <source>&amp;Next event</source>
        <translation>&amp;Nächstes Ereignis</translation>
    </message>
    <message>
        <source>&amp;Next pane</source>
        <translation>&amp;Nächster Bereich</translation>
    </message>
    <message>
        <source>&amp;Paste as document</source>
        <translation>Als Dokument &amp;einfügen</translation>
    </message>
    <message>
        <source>&amp;Pause or go on</source>
        <translation>&amp;Pause oder weiter</translation>
    </message>
    <message>
        <source>&amp;Play or pause</source>
        <translation>&amp;Abspielen oder anhalten</translation>
    </message>
    <message>
        <source>&amp;Previous pane</source>
        <translation>&amp;Voriger Bereich</translation>
    </message>
    <message>
        <source>&amp;Question</source>
        <translation>&amp;Frage</translation>
    </message>
    <message>
        <source>&amp;Quit</source>
        <translation>&amp;Beenden</translation>
    </message>
    <message>
        <source>&amp;Rename session…</source>
        <translation>Sitzung &amp;umbenennen…</translation>
    </message>
    <message>
        <source>&amp;Replay</source>
        <translation>Wieder&amp;gabe</translation>
    </message>
    <message>
        <source>&amp;Run</source>
        <translation>&amp;Lauf</translation>
    </message>
    <message>
        <source>&amp;Run it</source>
        <translation>&amp;Ausführen</translation>
    </message>
    <message>
        <source>&amp;Sessions</source>
        <translation>&amp;Sitzungen</translation>
    </message>
    <message>
        <source>&amp;Settings…</source>
        <translation>&amp;Einstellungen…</translation>
    </message>
    <message>
        <source>&amp;Skip it</source>
        <translation>Ü&amp;berspringen</translation>
    </message>
    <message>
        <source>&amp;Stop</source>
        <translation>&amp;Stopp</translation>
    </message>
    <message>
        <source>&amp;System check</source>
        <translation>&amp;System prüfen</translation>
    </message>
    <message>
        <source>&amp;Tags…</source>
        <translation>&amp;Schlagwörter…</translation>
    </message>
    <message>
        <source>&amp;Theme</source>
        <translation>&amp;Farben</translation>
    </message>
    <message>
        <source>&amp;Undo last change</source>
        <translation>Letzte Änderung &amp;rückgängig machen</translation>
    </message>
    <message>
        <source>&amp;View</source>
        <translation>&amp;Ansicht</translation>
    </message>
    <message>
        <source>&amp;Watch the recorded example</source>
        <translation>Aufge&amp;zeichnetes Beispiel ansehen</translation>
    </message>
    <message>
        <source>1, 2, 3</source>
        <translation>1, 2, 3</translation>
    </message>
    <message>
        <source>A new run that shares this one up to an iteration.</source>
        <translation>Ein neuer Lauf, der mit diesem bis zu einer Iteration übereinstimmt.</translation>
    </message>
    <message>
        <source>A run of 13 seconds, as it happened.</source>
        <translation>Ein Lauf von 13 Sekunden, wie er geschah.</translation>
    </message>
    <message>
        <source>Add a f&amp;older…</source>
        <translation>&amp;Ordner hinzufügen…</translation>
    </message>
    <message>
        <source>Ask the question over the documents.</source>
        <translation>Die Frage an die Dokumente stellen.</translation>
    </message>
    <message>
        <source>At most five hints about the window.</source>
        <translation>Höchstens fünf Hinweise zum Fenster.</translation>
    </message>
    <message>
        <source>Backspace</source>
        <translation>Rücktaste</translation>
    </message>
    <message>
        <source>Choose a &amp;model…</source>
        <translation>&amp;Modell wählen…</translation>
    </message>
    <message>
        <source>Choose a folder: every file in it that holds text is taken.</source>
        <translation>Einen Ordner wählen: Jede Datei darin, die Text enthält, wird genommen.</translation>
    </message>
    <message>
        <source>Choose files to ask questions of.</source>
        <translation>Dateien wählen, an die Fragen gestellt werden.</translation>
    </message>
    <message>
        <source>Choose the root model out of all lists.</source>
        <translation>Das Wurzelmodell aus allen Listen wählen.</translation>
    </message>
    <message>
        <source>Close the row, or go to its parent</source>
        <translation>Die Zeile zuklappen oder zur übergeordneten gehen</translation>
    </message>
    <message>
        <source>Close the window; it asks first when a run is going on.</source>
        <translation>Das Fenster schließen; ist ein Lauf im Gang, wird erst gefragt.</translation>
    </message>
    <message>
        <source>Command &amp;palette…</source>
        <translation>&amp;Befehlspalette…</translation>
    </message>
    <message>
        <source>Compare &amp;with…</source>
        <translation>&amp;Vergleichen mit…</translation>
    </message>
    <message>
        <source>Copy the answer as Markdown.</source>
        <translation>Die Antwort als Markdown kopieren.</translation>
    </message>
    <message>
        <source>Do not run the cell that waits.</source>
        <translation>Die wartende Zelle nicht ausführen.</translation>
    </message>
    <message>
        <source>E&amp;xport runs…</source>
        <translation>Läufe e&amp;xportieren…</translation>
    </message>
    <message>
        <source>Enter</source>
        <translation>Eingabetaste</translation>
    </message>
    <message>
        <source>Esc</source>
        <translation>Esc</translation>
    </message>
    <message>
        <source>F</source>
        <translation>F</translation>
    </message>
    <message>
        <source>Find any command or session by its name.</source>
        <translation>Jeden Befehl und jede Sitzung am Namen finden.</translation>
    </message>
    <message>
        <source>First or last row</source>
        <translation>Erste oder letzte Zeile</translation>
    </message>
    <message>
        <source>Follow the &amp;system</source>
        <translation>Wie das &amp;System</translation>
    </message>
    <message>
        <source>Follow the run</source>
        <translation>Dem Lauf folgen</translation>
    </message>
    <message>
        <source>Give the selected session another name.</source>
        <translation>Der gewählten Sitzung einen anderen Namen geben.</translation>
    </message>
    <message>
        <source>Give the selected session or runs tags.</source>
        <translation>Der gewählten Sitzung oder den Läufen Schlagwörter geben.</translation>
    </message>
    <message>
        <source>Go one event back.</source>
        <translation>Ein Ereignis zurück.</translation>
    </message>
    <message>
        <source>Go one event on.</source>
        <translation>Ein Ereignis weiter.</translation>
    </message>
    <message>
        <source>Go to the cell that has waited longest.</source>
        <translation>Zur Zelle gehen, die am längsten wartet.</translation>
    </message>
    <message>
        <source>Go to the error before and its call.</source>
        <translation>Zum vorigen Fehler und seinem Aufruf gehen.</translation>
    </message>
    <message>
        <source>Go to the filter of the calls.</source>
        <translation>Zum Filter der Aufrufe gehen.</translation>
    </message>
    <message>
        <source>Go to the iteration before.</source>
        <translation>Zur vorigen Iteration gehen.</translation>
    </message>
    <message>
        <source>Go to the list of documents.</source>
        <translation>Zur Liste der Dokumente gehen.</translation>
    </message>
    <message>
        <source>Go to the list of sessions.</source>
        <translation>Zur Liste der Sitzungen gehen.</translation>
    </message>
    <message>
        <source>Go to the next error and its call.</source>
        <translation>Zum nächsten Fehler und seinem Aufruf gehen.</translation>
    </message>
    <message>
        <source>Go to the next iteration.</source>
        <translation>Zur nächsten Iteration gehen.</translation>
    </message>
    <message>
        <source>Go to the next pane.</source>
        <translation>Zum nächsten Bereich gehen.</translation>
    </message>
    <message>
        <source>Go to the pane before.</source>
        <translation>Zum vorigen Bereich gehen.</translation>
    </message>
    <message>
        <source>Go to the question box.</source>
        <translation>Zum Fragefeld gehen.</translation>
    </message>
    <message>
        <source>Go to the tree of calls.</source>
        <translation>Zum Baum der Aufrufe gehen.</translation>
    </message>
    <message>
        <source>Go to what the row did</source>
        <translation>Zu dem, was die Zeile tat</translation>
    </message>
    <message>
        <source>Go to what the selected row did.</source>
        <translation>Zu dem gehen, was die gewählte Zeile tat.</translation>
    </message>
    <message>
        <source>Hold the run at its next iterations, or let it go on.</source>
        <translation>Den Lauf bei seinen nächsten Iterationen anhalten oder weiterlaufen lassen.</translation>
    </message>
    <message>
        <source>Home, End</source>
        <translation>Pos1, Ende</translation>
    </message>
    <message>
        <source>How everything works; searchable.</source>
        <translation>Wie alles funktioniert; durchsuchbar.</translation>
    </message>
    <message>
        <source>Keep the selected session or runs on top.</source>
        <translation>Die gewählte Sitzung oder die Läufe oben halten.</translation>
    </message>
    <message>
        <source>L</source>
        <translation>L</translation>
    </message>
    <message>
        <source>Left</source>
        <translation>Links</translation>
    </message>
    <message>
        <source>Let a run that was cut off go on; nothing is paid twice.</source>
        <translation>Einen abgebrochenen Lauf fortsetzen; nichts wird zweimal bezahlt.</translation>
    </message>
    <message>
        <source>List of &amp;documents</source>
        <translation>&amp;Dokumentliste</translation>
    </message>
    <message>
        <source>Load the example documents and a question.</source>
        <translation>Die Beispieldokumente und eine Frage laden.</translation>
    </message>
    <message>
        <source>Look at all runs, search through them, or go back.</source>
        <translation>Alle Läufe ansehen, durchsuchen oder zurückgehen.</translation>
    </message>
    <message>
        <source>Look at each cell before it runs: run, change, skip it, or answer by hand.</source>
        <translation>Jede Zelle vor der Ausführung ansehen: ausführen, ändern, überspringen oder von Hand beantworten.</translation>
    </message>
    <message>
        <source>Make a document of the clipboard.</source>
        <translation>Aus der Zwischenablage ein Dokument machen.</translation>
    </message>
    <message>
        <source>Models, limits and appearance.</source>
        <translation>Modelle, Grenzen und Aussehen.</translation>
    </message>
    <message>
        <source>Next &amp;error</source>
        <translation>Nächster F&amp;ehler</translation>
    </message>
    <message>
        <source>Next &amp;iteration</source>
        <translation>Nächste &amp;Iteration</translation>
    </message>
    <message>
        <source>Open everything below; everything</source>
        <translation>Alles darunter aufklappen; alles</translation>
    </message>
    <message>
        <source>Open the &amp;example session</source>
        <translation>Beis&amp;pielsitzung öffnen</translation>
    </message>
    <message>
        <source>Open the log &amp;folder</source>
        <translation>Protokoll&amp;ordner öffnen</translation>
    </message>
    <message>
        <source>Open the row, or go to its first child</source>
        <translation>Die Zeile aufklappen oder zur ersten darunter gehen</translation>
    </message>
    <message>
        <source>Parent</source>
        <translation>Übergeordnete Zeile</translation>
    </message>
    <message>
        <source>Pi&amp;n or unpin</source>
        <translation>An&amp;heften oder lösen</translation>
    </message>
    <message>
        <source>Play or pause the replay.</source>
        <translation>Die Wiedergabe abspielen oder anhalten.</translation>
    </message>
    <message>
        <source>Play the run that is shown as it happened, or stop that.</source>
        <translation>Den gezeigten Lauf abspielen, wie er geschah, oder damit aufhören.</translation>
    </message>
    <message>
        <source>Pre&amp;vious error</source>
        <translation>V&amp;origer Fehler</translation>
    </message>
    <message>
        <source>Pre&amp;vious event</source>
        <translation>&amp;Voriges Ereignis</translation>
    </message>
    <message>
        <source>Previous e&amp;rror</source>
        <translation>Voriger Fehle&amp;r</translation>
    </message>
    <message>
        <source>Previous i&amp;teration</source>
        <translation>Vorige I&amp;teration</translation>
    </message>
    <message>
        <source>Read what the program has noted.</source>
        <translation>Lesen, was das Programm vermerkt hat.</translation>
    </message>
    <message>
        <source>Replay contro&amp;l</source>
        <translation>Wiedergabe steue&amp;rn</translation>
    </message>
    <message>
        <source>Res&amp;ume</source>
        <translation>For&amp;tsetzen</translation>
    </message>
    <message>
        <source>Right</source>
        <translation>Rechts</translation>
    </message>
    <message>
        <source>Row before or after</source>
        <translation>Zeile davor oder danach</translation>
    </message>
    <message>
        <source>Row before or after of the same kind</source>
        <translation>Zeile davor oder danach derselben Art</translation>
    </message>
    <message>
        <source>Row before or after of the same parent</source>
        <translation>Zeile davor oder danach unter derselben</translation>
    </message>
    <message>
        <source>Run the cell that waits.</source>
        <translation>Die wartende Zelle ausführen.</translation>
    </message>
    <message>
        <source>S&amp;tep mode</source>
        <translation>&amp;Einzelschritt</translation>
    </message>
    <message>
        <source>Select the next row with an error.</source>
        <translation>Die nächste Zeile mit einem Fehler wählen.</translation>
    </message>
    <message>
        <source>Select the row with an error before.</source>
        <translation>Die vorige Zeile mit einem Fehler wählen.</translation>
    </message>
    <message>
        <source>Select the run&apos;s first row.</source>
        <translation>Die erste Zeile des Laufs wählen.</translation>
    </message>
    <message>
        <source>Shift+Right, *</source>
        <translation>Umschalt+Rechts, *</translation>
    </message>
    <message>
        <source>Sho&amp;w it</source>
        <translation>An&amp;zeigen</translation>
    </message>
    <message>
        <source>Show all again</source>
        <translation>Wieder alles zeigen</translation>
    </message>
    <message>
        <source>Show all documents with their states.</source>
        <translation>Alle Dokumente mit ihrem Zustand zeigen.</translation>
    </message>
    <message>
        <source>Show all keys, and change them.</source>
        <translation>Alle Tasten zeigen und ändern.</translation>
    </message>
    <message>
        <source>Show final a&amp;nswer</source>
        <translation>Endgültige &amp;Antwort zeigen</translation>
    </message>
    <message>
        <source>Show only the row and what is below it, or all</source>
        <translation>Nur die Zeile und alles darunter zeigen, oder alles</translation>
    </message>
    <message>
        <source>Show or hide the list of sessions.</source>
        <translation>Die Liste der Sitzungen zeigen oder verbergen.</translation>
    </message>
    <message>
        <source>Show the &amp;log</source>
        <translation>&amp;Protokoll zeigen</translation>
    </message>
    <message>
        <source>Show this run and another one side by side.</source>
        <translation>Diesen Lauf neben einem anderen zeigen.</translation>
    </message>
    <message>
        <source>Show tokens and cost by depth and by model.</source>
        <translation>Tokens und Kosten nach Tiefe und nach Modell zeigen.</translation>
    </message>
    <message>
        <source>Start with an empty session.</source>
        <translation>Mit einer leeren Sitzung beginnen.</translation>
    </message>
    <message>
        <source>Stop the run; what it has found so far is kept.</source>
        <translation>Den Lauf stoppen; was er gefunden hat, bleibt.</translation>
    </message>
    <message>
        <source>Take back the last removal, import, name or tags while its message shows.</source>
        <translation>Das letzte Entfernen, Importieren, Umbenennen oder die letzten Schlagwörter zurücknehmen, solange die Meldung steht.</translation>
    </message>
    <message>
        <source>Take in archives, traces, and logs of other engines.</source>
        <translation>Archive, Traces und Protokolle anderer Programme übernehmen.</translation>
    </message>
    <message>
        <source>Take the &amp;tour</source>
        <translation>&amp;Rundgang</translation>
    </message>
    <message>
        <source>Tree, icicle, charts</source>
        <translation>Baum, Eiszapfen, Diagramme</translation>
    </message>
    <message>
        <source>Up, Down</source>
        <translation>Auf, Ab</translation>
    </message>
    <message>
        <source>Version and licence.</source>
        <translation>Version und Lizenz.</translation>
    </message>
    <message>
        <source>Waiting &amp;cell</source>
        <translation>Wartende &amp;Zelle</translation>
    </message>
    <message>
        <source>What works on this machine, and how to mend what does not.</source>
        <translation>Was auf diesem Rechner funktioniert und wie sich beheben lässt, was nicht funktioniert.</translation>
    </message>
    <message>
        <source>Where the log and crash reports are.</source>
        <translation>Wo das Protokoll und die Absturzberichte liegen.</translation>
    </message>
    <message>
        <source>Write the selected runs to files.</source>
        <translation>Die gewählten Läufe in Dateien schreiben.</translation>
    </message>
    <message>
        <source>[ and ]</source>
        <translation>[ und ]</translation>
    </message>
    <message>
        <source>{ and }</source>
        <translation>{ und }</translation>
    </message>
</context>
<context>
    <name>AnswerCoverage</name>
    <message>
        <source>Models saw about {share}% of the documents</source>
        <translation>Modelle sahen etwa {share} % der Dokumente</translation>
    </message>
    <message>
        <source>{line}, nothing of the pages {pages}</source>
        <translation>{line}, nichts von den Seiten {pages}</translation>
    </message>
    <message>
        <source>{line}, nothing of the sheets {pages}</source>
        <translation>{line}, nichts von den Blättern {pages}</translation>
    </message>
    <message>
        <source>{line}, nothing of the slides {pages}</source>
        <translation>{line}, nichts von den Folien {pages}</translation>
    </message>
    <message>
        <source>{name}: about {share}%</source>
        <translation>{name}: etwa {share} %</translation>
    </message>
</context>
<context>
    <name>AnswerPage</name>
    <message>
        <source>Copy</source>
        <translation>Kopieren</translation>
    </message>
    <message>
        <source>Copy the answer as Markdown</source>
        <translation>Die Antwort als Markdown kopieren</translation>
    </message>
    <message>
        <source>Final answer</source>
        <translation>Endgültige Antwort</translation>
    </message>
    <message>
        <source>Given by {source}</source>
        <translation>Gegeben durch {source}</translation>
    </message>
    <message>
        <source>Markdown (*.md);;All files (*)</source>
        <translation>Markdown (*.md);;Alle Dateien (*)</translation>
    </message>
    <message>
        <source>Save the answer</source>
        <translation>Die Antwort speichern</translation>
    </message>
    <message>
        <source>Save the answer as a Markdown file</source>
        <translation>Die Antwort als Markdown-Datei speichern</translation>
    </message>
    <message>
        <source>Save…</source>
        <translation>Speichern…</translation>
    </message>
    <message>
        <source>The answer appears here when the run has found it.</source>
        <translation>Die Antwort erscheint hier, wenn der Lauf sie gefunden hat.</translation>
    </message>
    <message>
        <source>{path}: {reason}. Choose another place.</source>
        <translation>{path}: {reason}. Wählen Sie einen anderen Ort.</translation>
    </message>
</context>
<context>
    <name>AnswerSources</name>
    <message>
        <source>There is no such place in {name}.</source>
        <translation>In {name} gibt es diese Stelle nicht.</translation>
    </message>
    <message>
        <source>cell {number}</source>
        <translation>Zelle {number}</translation>
    </message>
    <message>
        <source>character {number}</source>
        <translation>Zeichen {number}</translation>
    </message>
    <message>
        <source>line {line}</source>
        <translation>Zeile {line}</translation>
    </message>
    <message>
        <source>message {number}</source>
        <translation>Nachricht {number}</translation>
    </message>
    <message>
        <source>page {number}</source>
        <translation>Seite {number}</translation>
    </message>
    <message>
        <source>sheet {number}</source>
        <translation>Blatt {number}</translation>
    </message>
    <message>
        <source>sheet “{name}”</source>
        <translation>Blatt „{name}“</translation>
    </message>
    <message>
        <source>slide {number}</source>
        <translation>Folie {number}</translation>
    </message>
</context>
<context>
    <name>Application</name>
    <message numerus="yes">
        <source>%n run(s) are going on.</source>
        <translation>
            <numerusform>Ein Lauf ist noch im Gang.</numerusform>
            <numerusform>%n Läufe sind noch im Gang.</numerusform>
        </translation>
    </message>
    <message>
        <source>&amp;Keep running</source>
        <translation>&amp;Weiterlaufen lassen</translation>
    </message>
    <message>
        <source>&amp;Stop and close</source>
        <translation>&amp;Stoppen und schließen</translation>
    </message>
    <message>
        <source>Settings…</source>
        <translation>Einstellungen…</translation>
    </message>
    <message>
        <source>Show report</source>
        <translation>Bericht zeigen</translation>
    </message>
    <message>
        <source>Stop and close?</source>
        <translation>Stoppen und schließen?</translation>
    </message>
    <message>
        <source>The program crashed the last time. Your sessions are safe.</source>
        <translation>Das Programm ist beim letzten Mal abgestürzt. Ihre Sitzungen sind sicher.</translation>
    </message>
    <message>
        <source>There is no error in this run.</source>
        <translation>In diesem Lauf gibt es keinen Fehler.</translation>
    </message>
    <message>
        <source>What has been found so far is kept. The history shows it as cancelled.</source>
        <translation>Was gefunden wurde, bleibt erhalten. Der Verlauf zeigt den Lauf als abgebrochen.</translation>
    </message>
    <message>
        <source>{error} Until this is mended, runs are not kept.</source>
        <translation>{error} Bis das behoben ist, werden keine Läufe aufbewahrt.</translation>
    </message>
</context>
<context>
    <name>BatchCalls</name>
    <message>
        <source>Call</source>
        <translation>Aufruf</translation>
    </message>
    <message>
        <source>Cost</source>
        <translation>Kosten</translation>
    </message>
    <message>
        <source>Duration</source>
        <translation>Dauer</translation>
    </message>
    <message>
        <source>Result</source>
        <translation>Ergebnis</translation>
    </message>
    <message>
        <source>Status</source>
        <translation>Status</translation>
    </message>
    <message>
        <source>Tokens</source>
        <translation>Tokens</translation>
    </message>
</context>
<context>
    <name>BatchPage</name>
    <message>
        <source>Calls of the batch</source>
        <translation>Aufrufe des Stapels</translation>
    </message>
</context>
<context>
    <name>CallModel</name>
    <message>
        <source>Call</source>
        <translation>Aufruf</translation>
    </message>
    <message>
        <source>Cost</source>
        <translation>Kosten</translation>
    </message>
    <message>
        <source>Depth</source>
        <translation>Tiefe</translation>
    </message>
    <message>
        <source>Duration</source>
        <translation>Dauer</translation>
    </message>
    <message>
        <source>Duration without that of the calls below</source>
        <translation>Dauer ohne die der Aufrufe darunter</translation>
    </message>
    <message>
        <source>From its start to its end; the bar is its share of the run</source>
        <translation>Vom Anfang bis zum Ende; der Balken ist der Anteil am Lauf</translation>
    </message>
    <message>
        <source>Function</source>
        <translation>Funktion</translation>
    </message>
    <message>
        <source>How far it is, or how it ended</source>
        <translation>Wie weit es ist oder wie es endete</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>Modell</translation>
    </message>
    <message>
        <source>Number of calls above it</source>
        <translation>Zahl der Aufrufe darüber</translation>
    </message>
    <message>
        <source>Own cost</source>
        <translation>Eigene Kosten</translation>
    </message>
    <message>
        <source>Own time</source>
        <translation>Eigene Zeit</translation>
    </message>
    <message>
        <source>Own tokens</source>
        <translation>Eigene Tokens</translation>
    </message>
    <message>
        <source>Read → written: the provider&apos;s figures, all calls below included</source>
        <translation>Gelesen → geschrieben: die Zahlen des Anbieters, alle Aufrufe darunter eingerechnet</translation>
    </message>
    <message>
        <source>Seconds since the run began</source>
        <translation>Sekunden seit Beginn des Laufs</translation>
    </message>
    <message>
        <source>Show all calls of the batch</source>
        <translation>Alle Aufrufe des Stapels zeigen</translation>
    </message>
    <message>
        <source>Started</source>
        <translation>Begonnen</translation>
    </message>
    <message>
        <source>Started at {time}</source>
        <translation>Begonnen bei {time}</translation>
    </message>
    <message>
        <source>Status</source>
        <translation>Status</translation>
    </message>
    <message>
        <source>The model that was asked</source>
        <translation>Das gefragte Modell</translation>
    </message>
    <message>
        <source>The name that the code used</source>
        <translation>Der Name, den der Code verwendete</translation>
    </message>
    <message>
        <source>The provider&apos;s figures for its own requests, without the calls below</source>
        <translation>Zahlen des Anbieters für die eigenen Anfragen, ohne die Aufrufe darunter</translation>
    </message>
    <message>
        <source>Timeline</source>
        <translation>Zeitachse</translation>
    </message>
    <message>
        <source>Tokens</source>
        <translation>Tokens</translation>
    </message>
    <message>
        <source>US dollars for its own requests, without the calls below</source>
        <translation>US-Dollar für die eigenen Anfragen, ohne die Aufrufe darunter</translation>
    </message>
    <message>
        <source>US dollars, all calls below included; the bar is its share of the run</source>
        <translation>US-Dollar, einschließlich aller Aufrufe darunter; der Balken ist der Anteil am Lauf</translation>
    </message>
    <message>
        <source>What was called: the run, its iterations, batches and sub-calls</source>
        <translation>Was aufgerufen wurde: der Lauf, seine Iterationen, Stapel und Unteraufrufe</translation>
    </message>
    <message>
        <source>When it ran</source>
        <translation>Wann es lief</translation>
    </message>
    <message>
        <source>{sum} with the calls below, of these {own} of its own</source>
        <translation>{sum} mit den Aufrufen darunter, davon {own} eigene</translation>
    </message>
    <message>
        <source>{time}, of these {own} without the calls below</source>
        <translation>{time}, davon {own} ohne die Aufrufe darunter</translation>
    </message>
    <message>
        <source>… {count} more</source>
        <translation>… {count} weitere</translation>
    </message>
</context>
<context>
    <name>CallTable</name>
    <message>
        <source>Calls of the run</source>
        <translation>Aufrufe des Laufs</translation>
    </message>
</context>
<context>
    <name>CallText</name>
    <message>
        <source>Batch</source>
        <translation>Stapel</translation>
    </message>
    <message>
        <source>Budget limit</source>
        <translation>Budgetgrenze</translation>
    </message>
    <message>
        <source>Call limit</source>
        <translation>Aufrufgrenze</translation>
    </message>
    <message>
        <source>Cell error</source>
        <translation>Zellenfehler</translation>
    </message>
    <message>
        <source>Error limit</source>
        <translation>Fehlergrenze</translation>
    </message>
    <message>
        <source>Iteration</source>
        <translation>Iteration</translation>
    </message>
    <message>
        <source>Iteration {number}</source>
        <translation>Iteration {number}</translation>
    </message>
    <message>
        <source>Iterations</source>
        <translation>Iterationen</translation>
    </message>
    <message>
        <source>LLM sub-call</source>
        <translation>LLM-Unteraufruf</translation>
    </message>
    <message>
        <source>RLM sub-call</source>
        <translation>RLM-Unteraufruf</translation>
    </message>
    <message>
        <source>Run</source>
        <translation>Lauf</translation>
    </message>
    <message>
        <source>Sub-call</source>
        <translation>Unteraufruf</translation>
    </message>
    <message>
        <source>Sub-call {number}</source>
        <translation>Unteraufruf {number}</translation>
    </message>
    <message>
        <source>Timeout</source>
        <translation>Zeitgrenze</translation>
    </message>
    <message>
        <source>Token limit</source>
        <translation>Tokengrenze</translation>
    </message>
    <message>
        <source>Waits for you</source>
        <translation>Wartet auf Sie</translation>
    </message>
    <message>
        <source>collapsed</source>
        <translation>zugeklappt</translation>
    </message>
    <message>
        <source>cost unknown</source>
        <translation>Kosten unbekannt</translation>
    </message>
    <message>
        <source>cost {cost}</source>
        <translation>Kosten {cost}</translation>
    </message>
    <message>
        <source>expanded</source>
        <translation>aufgeklappt</translation>
    </message>
    <message>
        <source>level {number}</source>
        <translation>Ebene {number}</translation>
    </message>
    <message>
        <source>min {low} · median {middle} · max {high}</source>
        <translation>min {low} · Median {middle} · max {high}</translation>
    </message>
    <message>
        <source>tokens unknown</source>
        <translation>Tokens unbekannt</translation>
    </message>
    <message>
        <source>tokens {input} in, {output} out</source>
        <translation>Tokens {input} hinein, {output} heraus</translation>
    </message>
    <message>
        <source>{count} completed</source>
        <translation>{count} fertig</translation>
    </message>
    <message>
        <source>{count} failed</source>
        <translation>{count} gescheitert</translation>
    </message>
    <message>
        <source>{count} running</source>
        <translation>{count} laufen</translation>
    </message>
    <message>
        <source>{count} waiting</source>
        <translation>{count} warten</translation>
    </message>
</context>
<context>
    <name>CallTreeView</name>
    <message>
        <source>Ask a question to see the run here: every call, iteration and batch, as it happens.</source>
        <translation>Stellen Sie eine Frage, um den Lauf hier zu sehen: jeden Aufruf, jede Iteration und jeden Stapel, wie sie geschehen.</translation>
    </message>
    <message>
        <source>By time</source>
        <translation>Nach Zeit</translation>
    </message>
    <message>
        <source>Charts</source>
        <translation>Diagramme</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Zuklappen</translation>
    </message>
    <message>
        <source>Close everything below</source>
        <translation>Alles darunter zuklappen</translation>
    </message>
    <message>
        <source>Copy the row</source>
        <translation>Die Zeile kopieren</translation>
    </message>
    <message>
        <source>How much at once, tokens and cost, how long the calls took</source>
        <translation>Wie viel gleichzeitig, Tokens und Kosten, wie lange die Aufrufe dauerten</translation>
    </message>
    <message>
        <source>Icicle</source>
        <translation>Eiszapfen</translation>
    </message>
    <message>
        <source>No row fits the filter.</source>
        <translation>Keine Zeile passt zum Filter.</translation>
    </message>
    <message>
        <source>Only {path} is shown.</source>
        <translation>Nur {path} wird gezeigt.</translation>
    </message>
    <message>
        <source>Open</source>
        <translation>Aufklappen</translation>
    </message>
    <message>
        <source>Open everything below</source>
        <translation>Alles darunter aufklappen</translation>
    </message>
    <message>
        <source>Rows and figures</source>
        <translation>Zeilen und Zahlen</translation>
    </message>
    <message>
        <source>Scroll with the run again (L)</source>
        <translation>Wieder mit dem Lauf mitrollen (L)</translation>
    </message>
    <message>
        <source>Show in the tree</source>
        <translation>Im Baum zeigen</translation>
    </message>
    <message>
        <source>Show only this and what is below</source>
        <translation>Nur dies und alles darunter zeigen</translation>
    </message>
    <message>
        <source>Show the rows in the order of time again</source>
        <translation>Die Zeilen wieder in der Reihenfolge der Zeit zeigen</translation>
    </message>
    <message>
        <source>Show the whole run</source>
        <translation>Ganzen Lauf zeigen</translation>
    </message>
    <message>
        <source>Show the whole run again (F)</source>
        <translation>Wieder den ganzen Lauf zeigen (F)</translation>
    </message>
    <message>
        <source>Sort again</source>
        <translation>Neu sortieren</translation>
    </message>
    <message>
        <source>Sort the rows as they are now</source>
        <translation>Die Zeilen nach dem jetzigen Stand sortieren</translation>
    </message>
    <message>
        <source>Sort the rows, choose the columns</source>
        <translation>Die Zeilen sortieren, die Spalten wählen</translation>
    </message>
    <message>
        <source>Stop the run</source>
        <translation>Den Lauf stoppen</translation>
    </message>
    <message>
        <source>Stop this call and what is below</source>
        <translation>Diesen Aufruf und alles darunter stoppen</translation>
    </message>
    <message>
        <source>The run has moved on since its rows were sorted.</source>
        <translation>Der Lauf ist weiter, seit seine Zeilen sortiert wurden.</translation>
    </message>
    <message>
        <source>Tree</source>
        <translation>Baum</translation>
    </message>
    <message>
        <source>View</source>
        <translation>Ansicht</translation>
    </message>
    <message>
        <source>Where it all went</source>
        <translation>Wohin alles ging</translation>
    </message>
    <message>
        <source>▼ Follow the run</source>
        <translation>▼ Dem Lauf folgen</translation>
    </message>
    <message>
        <source>▼ Follow the run · {count} new</source>
        <translation>▼ Dem Lauf folgen · {count} neu</translation>
    </message>
</context>
<context>
    <name>CellsPage</name>
    <message>
        <source>Cell {number}</source>
        <translation>Zelle {number}</translation>
    </message>
    <message>
        <source>Cells of the iteration</source>
        <translation>Zellen der Iteration</translation>
    </message>
    <message>
        <source>Error of the cell</source>
        <translation>Fehler der Zelle</translation>
    </message>
    <message>
        <source>Nothing has been printed yet.</source>
        <translation>Es wurde noch nichts ausgegeben.</translation>
    </message>
    <message>
        <source>Nothing was printed.</source>
        <translation>Es wurde nichts ausgegeben.</translation>
    </message>
    <message>
        <source>Output</source>
        <translation>Ausgabe</translation>
    </message>
    <message>
        <source>Output of the cell</source>
        <translation>Ausgabe der Zelle</translation>
    </message>
    <message>
        <source>Standard error</source>
        <translation>Standardfehler</translation>
    </message>
    <message>
        <source>The model has not written any code in this iteration yet.</source>
        <translation>Das Modell hat in dieser Iteration noch keinen Code geschrieben.</translation>
    </message>
    <message>
        <source>The model wrote no code in this iteration.</source>
        <translation>Das Modell hat in dieser Iteration keinen Code geschrieben.</translation>
    </message>
</context>
<context>
    <name>Charts</name>
    <message>
        <source>95%</source>
        <translation>95 %</translation>
    </message>
    <message>
        <source>At most {most} at once, {mean} on average (each step is {width}).</source>
        <translation>Höchstens {most} gleichzeitig, {mean} im Mittel (jede Stufe ist {width}).</translation>
    </message>
    <message>
        <source>Completed</source>
        <translation>Fertig</translation>
    </message>
    <message>
        <source>Cost</source>
        <translation>Kosten</translation>
    </message>
    <message>
        <source>Depth {depth}</source>
        <translation>Tiefe {depth}</translation>
    </message>
    <message>
        <source>Durations of the calls</source>
        <translation>Dauern der Aufrufe</translation>
    </message>
    <message>
        <source>Failed</source>
        <translation>Gescheitert</translation>
    </message>
    <message>
        <source>Input</source>
        <translation>Eingabe</translation>
    </message>
    <message>
        <source>Input, cached</source>
        <translation>Eingabe, aus Cache</translation>
    </message>
    <message>
        <source>No call has ended yet.</source>
        <translation>Noch kein Aufruf ist zu Ende.</translation>
    </message>
    <message>
        <source>No model has been asked yet.</source>
        <translation>Noch wurde kein Modell gefragt.</translation>
    </message>
    <message>
        <source>Output</source>
        <translation>Ausgabe</translation>
    </message>
    <message>
        <source>Output, reasoning</source>
        <translation>Ausgabe, Denken</translation>
    </message>
    <message>
        <source>Requests under way</source>
        <translation>Laufende Anfragen</translation>
    </message>
    <message>
        <source>US dollars</source>
        <translation>US-Dollar</translation>
    </message>
    <message>
        <source>calls</source>
        <translation>Aufrufe</translation>
    </message>
    <message>
        <source>limit</source>
        <translation>Grenze</translation>
    </message>
    <message>
        <source>median</source>
        <translation>Median</translation>
    </message>
    <message>
        <source>requests</source>
        <translation>Anfragen</translation>
    </message>
    <message>
        <source>tokens</source>
        <translation>Tokens</translation>
    </message>
    <message>
        <source>{count} of {size} calls ended: {low} to {high}, median {middle}, 95% within {most}.</source>
        <translation>{count} von {size} Aufrufen zu Ende: {low} bis {high}, Median {middle}, 95 % in {most}.</translation>
    </message>
</context>
<context>
    <name>ChartsView</name>
    <message>
        <source>Batch whose durations are shown</source>
        <translation>Stapel, dessen Dauern gezeigt werden</translation>
    </message>
    <message>
        <source>Batch:</source>
        <translation>Stapel:</translation>
    </message>
    <message>
        <source>Cost by depth</source>
        <translation>Kosten nach Tiefe</translation>
    </message>
    <message>
        <source>Cost by model</source>
        <translation>Kosten nach Modell</translation>
    </message>
    <message>
        <source>The chart was saved as {path}.</source>
        <translation>Das Diagramm wurde als {path} gespeichert.</translation>
    </message>
    <message>
        <source>Tokens by depth</source>
        <translation>Tokens nach Tiefe</translation>
    </message>
    <message>
        <source>Tokens by model</source>
        <translation>Tokens nach Modell</translation>
    </message>
</context>
<context>
    <name>ChipView</name>
    <message>
        <source>Documents of the session</source>
        <translation>Dokumente der Sitzung</translation>
    </message>
</context>
<context>
    <name>ChipsModel</name>
    <message>
        <source>{count} more…</source>
        <translation>{count} weitere…</translation>
    </message>
</context>
<context>
    <name>ChoicesPane</name>
    <message>
        <source>A</source>
        <translation>A</translation>
    </message>
    <message>
        <source>B</source>
        <translation>B</translation>
    </message>
    <message>
        <source>Setting</source>
        <translation>Einstellung</translation>
    </message>
    <message>
        <source>Settings of both runs</source>
        <translation>Einstellungen beider Läufe</translation>
    </message>
</context>
<context>
    <name>CodeView</name>
    <message>
        <source>Code of the cell</source>
        <translation>Code der Zelle</translation>
    </message>
</context>
<context>
    <name>Columns</name>
    <message>
        <source>By cost</source>
        <translation>Nach Kosten</translation>
    </message>
    <message>
        <source>By duration</source>
        <translation>Nach Dauer</translation>
    </message>
    <message>
        <source>By own time</source>
        <translation>Nach eigener Zeit</translation>
    </message>
    <message>
        <source>By time</source>
        <translation>Nach Zeit</translation>
    </message>
    <message>
        <source>By tokens</source>
        <translation>Nach Tokens</translation>
    </message>
    <message>
        <source>Smallest first</source>
        <translation>Kleinste zuerst</translation>
    </message>
    <message>
        <source>Sort the rows of each parent</source>
        <translation>Die Zeilen unter jeder Zeile sortieren</translation>
    </message>
</context>
<context>
    <name>Commands</name>
    <message>
        <source>Session</source>
        <translation>Sitzung</translation>
    </message>
</context>
<context>
    <name>CompareWindow</name>
    <message>
        <source>Answer</source>
        <translation>Antwort</translation>
    </message>
    <message>
        <source>B against A: {parts}</source>
        <translation>B gegenüber A: {parts}</translation>
    </message>
    <message>
        <source>Batch</source>
        <translation>Stapel</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Schließen</translation>
    </message>
    <message>
        <source>Code</source>
        <translation>Code</translation>
    </message>
    <message>
        <source>Compare two runs</source>
        <translation>Zwei Läufe vergleichen</translation>
    </message>
    <message>
        <source>Difference of the answer</source>
        <translation>Unterschied der Antwort</translation>
    </message>
    <message>
        <source>Difference of the code</source>
        <translation>Unterschied des Codes</translation>
    </message>
    <message>
        <source>Difference of the output</source>
        <translation>Unterschied der Ausgabe</translation>
    </message>
    <message>
        <source>How B differs from A as a whole</source>
        <translation>Wie sich B als Ganzes von A unterscheidet</translation>
    </message>
    <message>
        <source>No row of the two runs differs.</source>
        <translation>Keine Zeile der beiden Läufe unterscheidet sich.</translation>
    </message>
    <message>
        <source>Only what differs</source>
        <translation>Nur Unterschiede</translation>
    </message>
    <message>
        <source>Output</source>
        <translation>Ausgabe</translation>
    </message>
    <message>
        <source>Settings</source>
        <translation>Einstellungen</translation>
    </message>
    <message>
        <source>The same in both runs.</source>
        <translation>In beiden Läufen gleich.</translation>
    </message>
    <message>
        <source>There is none in this row.</source>
        <translation>In dieser Zeile gibt es keinen.</translation>
    </message>
    <message>
        <source>alike</source>
        <translation>gleich</translation>
    </message>
    <message>
        <source>{count} calls</source>
        <translation>{count} Aufrufe</translation>
    </message>
    <message>
        <source>{tokens} tokens</source>
        <translation>{tokens} Tokens</translation>
    </message>
</context>
<context>
    <name>Comparing</name>
    <message>
        <source>Compare</source>
        <translation>Vergleichen</translation>
    </message>
</context>
<context>
    <name>ConfinementGate</name>
    <message>
        <source>Code cannot be confined</source>
        <translation>Code kann nicht eingeschlossen werden</translation>
    </message>
    <message>
        <source>Nothing was asked: the code that models write cannot be confined here.</source>
        <translation>Es wurde nichts gefragt: Von Modellen geschriebener Code kann hier nicht eingeschlossen werden.</translation>
    </message>
    <message>
        <source>On this machine nothing can confine the code that models write.</source>
        <translation>Auf diesem Rechner kann nichts den Code einschließen, den Modelle schreiben.</translation>
    </message>
    <message>
        <source>Run &amp;unconfined, this once</source>
        <translation>Dieses Mal &amp;ungeschützt ausführen</translation>
    </message>
    <message>
        <source>Strict mode needs the library pydantic-monty: pip install pydantic-monty, or on Debian and Ubuntu install the package rlm-desktop-libraries</source>
        <translation>Der strenge Modus braucht die Bibliothek pydantic-monty: pip install pydantic-monty, unter Debian und Ubuntu das Paket rlm-desktop-libraries</translation>
    </message>
    <message>
        <source>Strict mode runs the code in an interpreter for a part of Python that cannot reach anything. It stays chosen; the settings change it back.</source>
        <translation>Der strenge Modus führt den Code in einem Interpreter für einen Teil von Python aus, der nichts erreichen kann. Er bleibt gewählt; die Einstellungen ändern es wieder.</translation>
    </message>
    <message>
        <source>Unconfined code can read your files, your keys and your network. Allow it only if you trust every text that the models will read. It holds for this run only.</source>
        <translation>Ungeschützter Code kann Ihre Dateien, Ihre Schlüssel und Ihr Netz lesen. Erlauben Sie ihn nur, wenn Sie jedem Text trauen, den die Modelle lesen werden. Es gilt nur für diesen Lauf.</translation>
    </message>
    <message>
        <source>Use &amp;strict mode</source>
        <translation>&amp;Strengen Modus verwenden</translation>
    </message>
</context>
<context>
    <name>ConnectPanel</name>
    <message>
        <source>API key of OpenAI or OpenRouter</source>
        <translation>API-Schlüssel von OpenAI oder OpenRouter</translation>
    </message>
    <message>
        <source>Ask Ollama, LM Studio, llama.cpp and vLLM at their usual ports</source>
        <translation>Ollama, LM Studio, llama.cpp und vLLM an ihren üblichen Ports fragen</translation>
    </message>
    <message>
        <source>Asking…</source>
        <translation>Wird gefragt…</translation>
    </message>
    <message>
        <source>Connect</source>
        <translation>Verbinden</translation>
    </message>
    <message>
        <source>Connect a model</source>
        <translation>Ein Modell verbinden</translation>
    </message>
    <message>
        <source>Found on this machine; free, and nothing leaves it:</source>
        <translation>Auf diesem Rechner gefunden; kostenlos, und nichts verlässt ihn:</translation>
    </message>
    <message>
        <source>Look again</source>
        <translation>Erneut suchen</translation>
    </message>
    <message>
        <source>Looking for model servers on this machine…</source>
        <translation>Modellserver auf diesem Rechner werden gesucht…</translation>
    </message>
    <message>
        <source>No model server answers on this machine. Start Ollama or LM Studio, or use a provider:</source>
        <translation>Auf diesem Rechner antwortet kein Modellserver. Starten Sie Ollama oder LM Studio, oder verwenden Sie einen Anbieter:</translation>
    </message>
    <message>
        <source>Other provider…</source>
        <translation>Anderer Anbieter…</translation>
    </message>
    <message>
        <source>Paste a key of OpenAI or OpenRouter</source>
        <translation>Schlüssel von OpenAI oder OpenRouter einfügen</translation>
    </message>
    <message>
        <source>Test the key and connect</source>
        <translation>Den Schlüssel prüfen und verbinden</translation>
    </message>
    <message>
        <source>The key is kept in the system&apos;s key store ({name}), nowhere else.</source>
        <translation>Der Schlüssel liegt im Schlüsselspeicher des Systems ({name}), sonst nirgends.</translation>
    </message>
    <message>
        <source>The key is kept until the program ends: no key store of the system works here.</source>
        <translation>Der Schlüssel bleibt bis zum Programmende: Hier funktioniert kein Schlüsselspeicher des Systems.</translation>
    </message>
    <message>
        <source>Use {model} from {server}</source>
        <translation>{model} von {server} verwenden</translation>
    </message>
    <message>
        <source>{server} has no model yet</source>
        <translation>{server} hat noch kein Modell</translation>
    </message>
    <message>
        <source>{text} ({others})</source>
        <translation>{text} ({others})</translation>
    </message>
</context>
<context>
    <name>CopyRows</name>
    <message>
        <source>&amp;Copy</source>
        <translation>&amp;Kopieren</translation>
    </message>
</context>
<context>
    <name>Cost</name>
    <message>
        <source>This month: {cost} for {runs}, and {requests} of unknown cost.</source>
        <translation>Dieser Monat: {cost} für {runs}, dazu {requests} mit unbekannten Kosten.</translation>
    </message>
    <message>
        <source>This month: {cost} for {runs}.</source>
        <translation>Dieser Monat: {cost} für {runs}.</translation>
    </message>
    <message>
        <source>unknown</source>
        <translation>unbekannt</translation>
    </message>
    <message>
        <source>{requests} without figures from the provider</source>
        <translation>{requests} ohne Angaben des Anbieters</translation>
    </message>
</context>
<context>
    <name>CostPanel</name>
    <message>
        <source>Close the costs (Esc)</source>
        <translation>Kosten schließen (Esc)</translation>
    </message>
    <message>
        <source>Costs of the run</source>
        <translation>Kosten des Laufs</translation>
    </message>
</context>
<context>
    <name>CostTable</name>
    <message>
        <source>By depth</source>
        <translation>Nach Tiefe</translation>
    </message>
    <message>
        <source>By model</source>
        <translation>Nach Modell</translation>
    </message>
    <message>
        <source>Cost</source>
        <translation>Kosten</translation>
    </message>
    <message>
        <source>Cost by depth and by model</source>
        <translation>Kosten nach Tiefe und nach Modell</translation>
    </message>
    <message>
        <source>Depth {depth}</source>
        <translation>Tiefe {depth}</translation>
    </message>
    <message>
        <source>Requests</source>
        <translation>Anfragen</translation>
    </message>
    <message>
        <source>Tokens in</source>
        <translation>Tokens hinein</translation>
    </message>
    <message>
        <source>Tokens out</source>
        <translation>Tokens heraus</translation>
    </message>
    <message>
        <source>What</source>
        <translation>Was</translation>
    </message>
    <message>
        <source>Whole run</source>
        <translation>Ganzer Lauf</translation>
    </message>
</context>
<context>
    <name>Counted</name>
    <message numerus="yes">
        <source>{count} NUL character(s)</source>
        <translation>
            <numerusform>{count} NUL-Zeichen</numerusform>
            <numerusform>{count} NUL-Zeichen</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>{count} byte(s)</source>
        <translation>
            <numerusform>{count} Byte</numerusform>
            <numerusform>{count} Bytes</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>{count} call(s)</source>
        <translation>
            <numerusform>{count} Aufruf</numerusform>
            <numerusform>{count} Aufrufe</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>{count} chapter(s)</source>
        <translation>
            <numerusform>{count} Kapitel</numerusform>
            <numerusform>{count} Kapitel</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>{count} character(s)</source>
        <translation>
            <numerusform>{count} Zeichen</numerusform>
            <numerusform>{count} Zeichen</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>{count} document(s)</source>
        <translation>
            <numerusform>{count} Dokument</numerusform>
            <numerusform>{count} Dokumente</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>{count} error(s)</source>
        <translation>
            <numerusform>{count} Fehler</numerusform>
            <numerusform>{count} Fehler</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>{count} file(s)</source>
        <translation>
            <numerusform>{count} Datei</numerusform>
            <numerusform>{count} Dateien</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>{count} further warning(s)</source>
        <translation>
            <numerusform>{count} weitere Warnung</numerusform>
            <numerusform>{count} weitere Warnungen</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>{count} lone surrogate(s)</source>
        <translation>
            <numerusform>{count} einzelnes Ersatzzeichen</numerusform>
            <numerusform>{count} einzelne Ersatzzeichen</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>{count} object(s)</source>
        <translation>
            <numerusform>{count} Objekt</numerusform>
            <numerusform>{count} Objekte</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>{count} other model(s)</source>
        <translation>
            <numerusform>{count} weiteres Modell</numerusform>
            <numerusform>{count} weitere Modelle</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>{count} page(s)</source>
        <translation>
            <numerusform>{count} Seite</numerusform>
            <numerusform>{count} Seiten</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>{count} part(s)</source>
        <translation>
            <numerusform>{count} Teil</numerusform>
            <numerusform>{count} Teile</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>{count} passage(s)</source>
        <translation>
            <numerusform>{count} Stelle</numerusform>
            <numerusform>{count} Stellen</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>{count} place(s)</source>
        <translation>
            <numerusform>{count} Stelle</numerusform>
            <numerusform>{count} Stellen</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>{count} request(s)</source>
        <translation>
            <numerusform>{count} Anfrage</numerusform>
            <numerusform>{count} Anfragen</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>{count} run(s)</source>
        <translation>
            <numerusform>{count} Lauf</numerusform>
            <numerusform>{count} Läufe</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>{count} sign(s)</source>
        <translation>
            <numerusform>{count} Zeichen</numerusform>
            <numerusform>{count} Zeichen</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>{count} sub-call(s)</source>
        <translation>
            <numerusform>{count} Unteraufruf</numerusform>
            <numerusform>{count} Unteraufrufe</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>{count} thread(s)</source>
        <translation>
            <numerusform>{count} Thread</numerusform>
            <numerusform>{count} Threads</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>{count} variable(s)</source>
        <translation>
            <numerusform>{count} Variable</numerusform>
            <numerusform>{count} Variablen</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>{count} warning(s)</source>
        <translation>
            <numerusform>{count} Warnung</numerusform>
            <numerusform>{count} Warnungen</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>CrashDialog</name>
    <message>
        <source>&amp;Copy report</source>
        <translation>Bericht &amp;kopieren</translation>
    </message>
    <message>
        <source>Crash report</source>
        <translation>Absturzbericht</translation>
    </message>
    <message>
        <source>Open &amp;log folder</source>
        <translation>&amp;Protokollordner öffnen</translation>
    </message>
    <message>
        <source>Something went wrong</source>
        <translation>Etwas ist schiefgegangen</translation>
    </message>
    <message>
        <source>This is a fault of the program, not of what you did.</source>
        <translation>Das ist ein Fehler des Programms, nicht von Ihnen.</translation>
    </message>
    <message>
        <source>Your sessions are safe and you can go on working. The report below is also in the log folder; it holds no document text and no keys of yours unless an error message quoted them.</source>
        <translation>Ihre Sitzungen sind sicher, und Sie können weiterarbeiten. Der Bericht steht auch im Protokollordner; er enthält weder Text Ihrer Dokumente noch Ihre Schlüssel, es sei denn, eine Fehlermeldung hat sie zitiert.</translation>
    </message>
</context>
<context>
    <name>DocumentNews</name>
    <message>
        <source>Show</source>
        <translation>Zeigen</translation>
    </message>
    <message>
        <source>{documents} have warnings.</source>
        <translation>{documents} mit Warnungen.</translation>
    </message>
    <message>
        <source>{files} are in the session already.</source>
        <translation>{files} schon in der Sitzung.</translation>
    </message>
    <message>
        <source>{files} cannot be read.</source>
        <translation>{files} nicht lesbar.</translation>
    </message>
    <message>
        <source>{name} cannot be read: {why}</source>
        <translation>{name} kann nicht gelesen werden: {why}</translation>
    </message>
    <message>
        <source>{name} is in the session already.</source>
        <translation>{name} ist schon in der Sitzung.</translation>
    </message>
    <message>
        <source>{name}: {first} ({count} more in its tooltip)</source>
        <translation>{name}: {first} ({count} weitere in seinem Hinweis)</translation>
    </message>
</context>
<context>
    <name>DocumentReader</name>
    <message>
        <source>Looking for files…</source>
        <translation>Dateien werden gesucht…</translation>
    </message>
    <message>
        <source>Reading {what}</source>
        <translation>Liest {what}</translation>
    </message>
    <message>
        <source>{done} of {total}: {name}</source>
        <translation>{done} von {total}: {name}</translation>
    </message>
    <message>
        <source>{time} left</source>
        <translation>noch {time}</translation>
    </message>
</context>
<context>
    <name>DocumentTexts</name>
    <message>
        <source>The text of {name} is no longer in the history. Remove it and add the file again.</source>
        <translation>Der Text von {name} ist nicht mehr im Verlauf. Entfernen Sie das Dokument und fügen Sie die Datei neu hinzu.</translation>
    </message>
</context>
<context>
    <name>Documents</name>
    <message>
        <source>Encoding: {name}</source>
        <translation>Kodierung: {name}</translation>
    </message>
    <message>
        <source>One call to the root model holds about {tokens} tokens.</source>
        <translation>Ein Aufruf des Wurzelmodells fasst etwa {tokens} Tokens.</translation>
    </message>
    <message>
        <source>These documents fit into it: for a simple question a plain call may do, without an RLM.</source>
        <translation>Diese Dokumente passen hinein: Für eine einfache Frage mag ein einfacher Aufruf genügen, ohne RLM.</translation>
    </message>
    <message>
        <source>These documents hold more, so only pieces of them can be read at a time.</source>
        <translation>Diese Dokumente enthalten mehr, deshalb lassen sich nur Teile davon auf einmal lesen.</translation>
    </message>
    <message>
        <source>cannot be read</source>
        <translation>nicht lesbar</translation>
    </message>
    <message>
        <source>fits one plain call</source>
        <translation>passt in einen einfachen Aufruf</translation>
    </message>
    <message>
        <source>left out</source>
        <translation>ausgelassen</translation>
    </message>
    <message>
        <source>needs a password</source>
        <translation>braucht ein Passwort</translation>
    </message>
    <message>
        <source>pasted text</source>
        <translation>eingefügter Text</translation>
    </message>
    <message>
        <source>ready</source>
        <translation>bereit</translation>
    </message>
    <message>
        <source>waiting</source>
        <translation>wartet</translation>
    </message>
    <message>
        <source>{count} p</source>
        <translation>{count} S.</translation>
    </message>
    <message>
        <source>{times} × a plain call</source>
        <translation>{times} × ein einfacher Aufruf</translation>
    </message>
</context>
<context>
    <name>DocumentsController</name>
    <message>
        <source>Add a folder</source>
        <translation>Ordner hinzufügen</translation>
    </message>
    <message>
        <source>Add documents</source>
        <translation>Dokumente hinzufügen</translation>
    </message>
    <message>
        <source>There is neither text nor a file on the clipboard.</source>
        <translation>In der Zwischenablage ist weder Text noch eine Datei.</translation>
    </message>
    <message>
        <source>There is no file that can be read in it.</source>
        <translation>Darin ist keine Datei, die gelesen werden kann.</translation>
    </message>
    <message>
        <source>This text is in the session already, as {name}.</source>
        <translation>Dieser Text ist schon in der Sitzung, als {name}.</translation>
    </message>
    <message>
        <source>{documents} were removed.</source>
        <translation>{documents} entfernt.</translation>
    </message>
    <message>
        <source>{name} was removed.</source>
        <translation>{name} wurde entfernt.</translation>
    </message>
</context>
<context>
    <name>DocumentsModel</name>
    <message>
        <source>Characters</source>
        <translation>Zeichen</translation>
    </message>
    <message>
        <source>Document</source>
        <translation>Dokument</translation>
    </message>
    <message>
        <source>Kind</source>
        <translation>Art</translation>
    </message>
    <message>
        <source>Pages</source>
        <translation>Seiten</translation>
    </message>
    <message>
        <source>Size</source>
        <translation>Größe</translation>
    </message>
    <message>
        <source>State</source>
        <translation>Zustand</translation>
    </message>
    <message>
        <source>≈ Tokens</source>
        <translation>≈ Tokens</translation>
    </message>
</context>
<context>
    <name>DocumentsPanel</name>
    <message>
        <source>&amp;Files…</source>
        <translation>&amp;Dateien…</translation>
    </message>
    <message>
        <source>&amp;Paste text or files</source>
        <translation>Text oder Dateien &amp;einfügen</translation>
    </message>
    <message>
        <source>+ Add</source>
        <translation>+ Hinzufügen</translation>
    </message>
    <message>
        <source>Add documents</source>
        <translation>Dokumente hinzufügen</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Abbrechen</translation>
    </message>
    <message>
        <source>Cancel the reading of documents</source>
        <translation>Das Lesen der Dokumente abbrechen</translation>
    </message>
    <message>
        <source>Choose files or a folder, or drop them on the window</source>
        <translation>Dateien oder einen Ordner wählen oder auf das Fenster ziehen</translation>
    </message>
    <message>
        <source>Documents</source>
        <translation>Dokumente</translation>
    </message>
    <message>
        <source>F&amp;older…</source>
        <translation>&amp;Ordner…</translation>
    </message>
    <message>
        <source>Files that were left out of folders, and why</source>
        <translation>Dateien, die aus Ordnern ausgelassen wurden, und warum</translation>
    </message>
    <message>
        <source>List</source>
        <translation>Liste</translation>
    </message>
    <message>
        <source>Reading of documents</source>
        <translation>Lesen der Dokumente</translation>
    </message>
    <message>
        <source>Show all documents with their sizes and states</source>
        <translation>Alle Dokumente mit Größe und Zustand zeigen</translation>
    </message>
    <message>
        <source>Show the documents as a list</source>
        <translation>Die Dokumente als Liste zeigen</translation>
    </message>
    <message>
        <source>none yet: drop files here</source>
        <translation>noch keine: Dateien hierher ziehen</translation>
    </message>
    <message>
        <source>{asked} of {all}</source>
        <translation>{asked} von {all}</translation>
    </message>
    <message>
        <source>{count} cannot be read</source>
        <translation>{count} nicht lesbar</translation>
    </message>
    <message>
        <source>{count} characters</source>
        <translation>{count} Zeichen</translation>
    </message>
    <message>
        <source>{count} left out</source>
        <translation>{count} ausgelassen</translation>
    </message>
    <message>
        <source>{count} locked</source>
        <translation>{count} gesperrt</translation>
    </message>
    <message>
        <source>≈ {count} tokens</source>
        <translation>≈ {count} Tokens</translation>
    </message>
</context>
<context>
    <name>DocumentsTable</name>
    <message>
        <source>&amp;Ask over it</source>
        <translation>&amp;Frage darüber stellen</translation>
    </message>
    <message>
        <source>&amp;Encoding…</source>
        <translation>&amp;Kodierung…</translation>
    </message>
    <message>
        <source>&amp;Rename</source>
        <translation>&amp;Umbenennen</translation>
    </message>
    <message>
        <source>&amp;Show text</source>
        <translation>Text &amp;zeigen</translation>
    </message>
    <message>
        <source>Copy &amp;what is wrong</source>
        <translation>Kopieren, was nicht &amp;stimmt</translation>
    </message>
    <message>
        <source>Documents of the session, as a list</source>
        <translation>Dokumente der Sitzung als Liste</translation>
    </message>
    <message>
        <source>Enter &amp;password…</source>
        <translation>&amp;Passwort eingeben…</translation>
    </message>
    <message>
        <source>Leave it &amp;out of questions</source>
        <translation>Von Fragen &amp;ausnehmen</translation>
    </message>
    <message>
        <source>Move &amp;down</source>
        <translation>Nach u&amp;nten</translation>
    </message>
    <message>
        <source>Move &amp;up</source>
        <translation>Nach &amp;oben</translation>
    </message>
    <message>
        <source>Re&amp;move</source>
        <translation>&amp;Entfernen</translation>
    </message>
    <message>
        <source>Read a&amp;gain</source>
        <translation>E&amp;rneut lesen</translation>
    </message>
    <message>
        <source>Read p&amp;ictures of pages (OCR)…</source>
        <translation>&amp;Bilder von Seiten lesen (OCR)…</translation>
    </message>
    <message>
        <source>Remove all that &amp;cannot be read</source>
        <translation>Alle ni&amp;cht lesbaren entfernen</translation>
    </message>
</context>
<context>
    <name>EncodingDialog</name>
    <message>
        <source>&amp;Read again</source>
        <translation>Erneut &amp;lesen</translation>
    </message>
    <message>
        <source>Beginning of the document in this encoding</source>
        <translation>Anfang des Dokuments in dieser Kodierung</translation>
    </message>
    <message>
        <source>Detect it</source>
        <translation>Erkennen</translation>
    </message>
    <message>
        <source>Encoding</source>
        <translation>Kodierung</translation>
    </message>
    <message>
        <source>Encoding of the document</source>
        <translation>Kodierung des Dokuments</translation>
    </message>
    <message>
        <source>Read it as</source>
        <translation>Lesen als</translation>
    </message>
    <message>
        <source>There is no encoding of this name.</source>
        <translation>Es gibt keine Kodierung mit diesem Namen.</translation>
    </message>
    <message>
        <source>{name} was not taken for a text.</source>
        <translation>{name} wurde nicht für einen Text gehalten.</translation>
    </message>
    <message>
        <source>{name} was read as {encoding}.</source>
        <translation>{name} wurde als {encoding} gelesen.</translation>
    </message>
</context>
<context>
    <name>Estimate</name>
    <message>
        <source>Estimate: {text}</source>
        <translation>Schätzung: {text}</translation>
    </message>
    <message>
        <source>Least, when searches find it: {tokens} tokens.</source>
        <translation>Mindestens, wenn Suchen es finden: {tokens} Tokens.</translation>
    </message>
    <message>
        <source>Most, when all is read once: {tokens} tokens.</source>
        <translation>Höchstens, wenn alles einmal gelesen wird: {tokens} Tokens.</translation>
    </message>
    <message>
        <source>The documents have about {tokens} tokens; reading all of them takes about {chunks}.</source>
        <translation>Die Dokumente haben etwa {tokens} Tokens; alle zu lesen braucht etwa {chunks}.</translation>
    </message>
    <message>
        <source>The price of a model is not known. It can be entered under Settings &gt; Prices.</source>
        <translation>Der Preis eines Modells ist nicht bekannt. Er lässt sich unter Einstellungen &gt; Preise eingeben.</translation>
    </message>
    <message>
        <source>The run warns at 80% of the budget and stops at {budget}.</source>
        <translation>Der Lauf warnt bei 80 % des Budgets und hört bei {budget} auf.</translation>
    </message>
    <message>
        <source>There is no budget: the run stops at its other limits only.</source>
        <translation>Es gibt kein Budget: Der Lauf hört nur an seinen anderen Grenzen auf.</translation>
    </message>
    <message>
        <source>cost unknown</source>
        <translation>Kosten unbekannt</translation>
    </message>
    <message>
        <source>free</source>
        <translation>kostenlos</translation>
    </message>
    <message>
        <source>⚠ may be cut · {text}</source>
        <translation>⚠ reicht evtl. nicht · {text}</translation>
    </message>
</context>
<context>
    <name>ExportDialog</name>
    <message>
        <source>&amp;Export…</source>
        <translation>&amp;Exportieren…</translation>
    </message>
    <message>
        <source>Archive</source>
        <translation>Archiv</translation>
    </message>
    <message>
        <source>Events (JSON lines)</source>
        <translation>Ereignisse (JSON-Zeilen)</translation>
    </message>
    <message>
        <source>Export</source>
        <translation>Exportieren</translation>
    </message>
    <message>
        <source>Export {runs} as</source>
        <translation>{runs} exportieren als</translation>
    </message>
    <message>
        <source>For the tools of the official library.</source>
        <translation>Für die Werkzeuge der offiziellen Bibliothek.</translation>
    </message>
    <message>
        <source>For ui.perfetto.dev and chrome://tracing.</source>
        <translation>Für ui.perfetto.dev und chrome://tracing.</translation>
    </message>
    <message>
        <source>Form</source>
        <translation>Form</translation>
    </message>
    <message>
        <source>JSON after the conventions for generative AI.</source>
        <translation>JSON nach den Konventionen für generative KI.</translation>
    </message>
    <message>
        <source>Jupyter notebook</source>
        <translation>Jupyter-Notebook</translation>
    </message>
    <message>
        <source>Known keys and what looks like a key are replaced; you will be told how many.</source>
        <translation>Bekannte Schlüssel und was wie einer aussieht werden ersetzt; Sie erfahren, wie viele.</translation>
    </message>
    <message>
        <source>Log of rlms (JSON lines)</source>
        <translation>Protokoll von rlms (JSON-Zeilen)</translation>
    </message>
    <message>
        <source>One line a call: times, tokens, cost.</source>
        <translation>Eine Zeile je Aufruf: Zeiten, Tokens, Kosten.</translation>
    </message>
    <message>
        <source>One page with the answer and the tree, for any browser.</source>
        <translation>Eine Seite mit Antwort und Baum, für jeden Browser.</translation>
    </message>
    <message>
        <source>Prompts, outputs and answers still hold what was quoted of the documents.</source>
        <translation>Prompts, Ausgaben und Antworten enthalten weiter, was aus den Dokumenten zitiert wurde.</translation>
    </message>
    <message>
        <source>Report (HTML)</source>
        <translation>Bericht (HTML)</translation>
    </message>
    <message>
        <source>Report (Markdown)</source>
        <translation>Bericht (Markdown)</translation>
    </message>
    <message>
        <source>Spans (OpenTelemetry)</source>
        <translation>Spans (OpenTelemetry)</translation>
    </message>
    <message>
        <source>Table of calls (CSV)</source>
        <translation>Tabelle der Aufrufe (CSV)</translation>
    </message>
    <message>
        <source>The &amp;texts of the documents go along</source>
        <translation>Die &amp;Texte der Dokumente gehen mit</translation>
    </message>
    <message>
        <source>The answer and what led to it, as text.</source>
        <translation>Die Antwort und was zu ihr führte, als Text.</translation>
    </message>
    <message>
        <source>The cells with their output.</source>
        <translation>Die Zellen mit ihrer Ausgabe.</translation>
    </message>
    <message>
        <source>The whole trace; can be imported again.</source>
        <translation>Der ganze Trace; kann wieder importiert werden.</translation>
    </message>
    <message>
        <source>This form names the documents and holds nothing of them but what was quoted.</source>
        <translation>Diese Form nennt die Dokumente und enthält nur, was aus ihnen zitiert wurde.</translation>
    </message>
    <message>
        <source>Timeline (Perfetto)</source>
        <translation>Zeitachse (Perfetto)</translation>
    </message>
    <message>
        <source>Whoever gets the file can read the documents in full.</source>
        <translation>Wer die Datei bekommt, kann die Dokumente ganz lesen.</translation>
    </message>
    <message>
        <source>Whole runs in one file: opens, replays and is searched on another machine.</source>
        <translation>Ganze Läufe in einer Datei: öffnen, abspielen und durchsuchen auf einem anderen Rechner.</translation>
    </message>
</context>
<context>
    <name>FactsPage</name>
    <message>
        <source>Details</source>
        <translation>Einzelheiten</translation>
    </message>
</context>
<context>
    <name>FamilyLine</name>
    <message numerus="yes">
        <source>%n more</source>
        <translation>
            <numerusform>%n weiterer</numerusform>
            <numerusform>%n weitere</numerusform>
        </translation>
    </message>
    <message>
        <source>Forked from {run} at iteration {number}</source>
        <translation>Abgezweigt von {run} bei Iteration {number}</translation>
    </message>
    <message>
        <source>Forks: {runs}</source>
        <translation>Abzweigungen: {runs}</translation>
    </message>
    <message>
        <source>Resumed as {runs}</source>
        <translation>Fortgesetzt als {runs}</translation>
    </message>
    <message>
        <source>Resumed from {run}</source>
        <translation>Fortsetzung von {run}</translation>
    </message>
    <message>
        <source>a run that is not in the history</source>
        <translation>ein Lauf, der nicht im Verlauf ist</translation>
    </message>
</context>
<context>
    <name>Figures</name>
    <message>
        <source>Today</source>
        <translation>Heute</translation>
    </message>
    <message>
        <source>Yesterday</source>
        <translation>Gestern</translation>
    </message>
    <message>
        <source>d MMMM</source>
        <translation>d. MMMM</translation>
    </message>
    <message>
        <source>d MMMM yyyy</source>
        <translation>d. MMMM yyyy</translation>
    </message>
    <message>
        <source>≈ {count} tokens</source>
        <translation>≈ {count} Tokens</translation>
    </message>
</context>
<context>
    <name>FilterBar</name>
    <message>
        <source>Batch</source>
        <translation>Stapel</translation>
    </message>
    <message>
        <source>Cancelled or cut off</source>
        <translation>Abgebrochen oder unterbrochen</translation>
    </message>
    <message>
        <source>Clear all</source>
        <translation>Alle löschen</translation>
    </message>
    <message>
        <source>Completed</source>
        <translation>Fertig</translation>
    </message>
    <message>
        <source>Conditions</source>
        <translation>Bedingungen</translation>
    </message>
    <message>
        <source>Costlier than</source>
        <translation>Teurer als</translation>
    </message>
    <message>
        <source>Depth</source>
        <translation>Tiefe</translation>
    </message>
    <message>
        <source>Depth {number}</source>
        <translation>Tiefe {number}</translation>
    </message>
    <message>
        <source>Failed</source>
        <translation>Gescheitert</translation>
    </message>
    <message>
        <source>Filter by kind, status, model, depth, duration, cost</source>
        <translation>Nach Art, Status, Modell, Tiefe, Dauer, Kosten filtern</translation>
    </message>
    <message>
        <source>Filter by name, prompt, response, code, output</source>
        <translation>Nach Name, Prompt, Modellantwort, Code, Ausgabe filtern</translation>
    </message>
    <message>
        <source>Filter calls</source>
        <translation>Aufrufe filtern</translation>
    </message>
    <message>
        <source>Iteration</source>
        <translation>Iteration</translation>
    </message>
    <message>
        <source>Kind</source>
        <translation>Art</translation>
    </message>
    <message>
        <source>LLM sub-call</source>
        <translation>LLM-Unteraufruf</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>Modell</translation>
    </message>
    <message>
        <source>Queued</source>
        <translation>Wartet</translation>
    </message>
    <message>
        <source>RLM sub-call</source>
        <translation>RLM-Unteraufruf</translation>
    </message>
    <message>
        <source>Remove the condition {text}</source>
        <translation>Die Bedingung {text} entfernen</translation>
    </message>
    <message>
        <source>Remove this condition</source>
        <translation>Diese Bedingung entfernen</translation>
    </message>
    <message>
        <source>Run</source>
        <translation>Lauf</translation>
    </message>
    <message>
        <source>Running</source>
        <translation>Läuft</translation>
    </message>
    <message>
        <source>Slower than</source>
        <translation>Langsamer als</translation>
    </message>
    <message>
        <source>Status</source>
        <translation>Status</translation>
    </message>
    <message>
        <source>Waits for you</source>
        <translation>Wartet auf Sie</translation>
    </message>
    <message>
        <source>{found} of {all}</source>
        <translation>{found} von {all}</translation>
    </message>
</context>
<context>
    <name>FilterButton</name>
    <message>
        <source>Clear the filter</source>
        <translation>Filter löschen</translation>
    </message>
    <message>
        <source>End state</source>
        <translation>Endzustand</translation>
    </message>
    <message>
        <source>Filter by end state, model and tag</source>
        <translation>Nach Endzustand, Modell und Schlagwort filtern</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>Modell</translation>
    </message>
    <message>
        <source>Tag</source>
        <translation>Schlagwort</translation>
    </message>
</context>
<context>
    <name>FirstRun</name>
    <message>
        <source>13 seconds: three levels of calls, batches, a retry and an error. No model is asked.</source>
        <translation>13 Sekunden: drei Ebenen von Aufrufen, Stapel, eine Wiederholung und ein Fehler. Kein Modell wird gefragt.</translation>
    </message>
    <message>
        <source>Ask questions of long documents</source>
        <translation>Fragen an lange Dokumente stellen</translation>
    </message>
    <message>
        <source>Choose files</source>
        <translation>Dateien wählen</translation>
    </message>
    <message>
        <source>Choose files…</source>
        <translation>Dateien wählen…</translation>
    </message>
    <message>
        <source>Do not ask again; File &gt; Settings &gt; Providers has it all</source>
        <translation>Nicht mehr fragen; unter Datei &gt; Einstellungen &gt; Anbieter ist alles zu finden</translation>
    </message>
    <message>
        <source>Drop area for documents</source>
        <translation>Ablagefläche für Dokumente</translation>
    </message>
    <message>
        <source>Drop files here</source>
        <translation>Dateien hierher ziehen</translation>
    </message>
    <message>
        <source>Model in use: {model}.</source>
        <translation>Verwendetes Modell: {model}.</translation>
    </message>
    <message>
        <source>No language model is connected. Connect one…</source>
        <translation>Es ist kein Sprachmodell verbunden. Eines verbinden…</translation>
    </message>
    <message>
        <source>Open the example: {title}</source>
        <translation>Das Beispiel öffnen: {title}</translation>
    </message>
    <message>
        <source>Or begin with an example, which needs neither a key nor a network:</source>
        <translation>Oder mit einem Beispiel beginnen, das weder Schlüssel noch Netz braucht:</translation>
    </message>
    <message>
        <source>PDF, Word, PowerPoint, Excel, HTML, Markdown, CSV, JSON, code, plain text</source>
        <translation>PDF, Word, PowerPoint, Excel, HTML, Markdown, CSV, JSON, Code, reiner Text</translation>
    </message>
    <message>
        <source>Replay the recorded example</source>
        <translation>Das aufgezeichnete Beispiel abspielen</translation>
    </message>
    <message>
        <source>Skip for now</source>
        <translation>Vorerst überspringen</translation>
    </message>
    <message>
        <source>The model gets a Python REPL with your documents in it. It writes code that searches and splits them, and calls other models on the pieces. You watch every call of it here.</source>
        <translation>Das Modell bekommt eine Python-REPL mit Ihren Dokumenten darin. Es schreibt Code, der sie durchsucht und zerlegt, und ruft für die Teile andere Modelle auf. Hier sehen Sie jeden Aufruf.</translation>
    </message>
    <message>
        <source>▶ Watch a recorded run</source>
        <translation>▶ Aufgezeichneten Lauf ansehen</translation>
    </message>
</context>
<context>
    <name>FirstSteps</name>
    <message>
        <source>Arrow keys move and open rows; bars show when each call ran. {next} goes to the next error.</source>
        <translation>Pfeiltasten bewegen und öffnen Zeilen; Balken zeigen, wann jeder Aufruf lief. {next} führt zum nächsten Fehler.</translation>
    </message>
    <message>
        <source>Begin here</source>
        <translation>Hier beginnen</translation>
    </message>
    <message>
        <source>Code beside its output, prompt and response, variables, and the final answer.</source>
        <translation>Code neben seiner Ausgabe, Prompt und Modellantwort, Variablen und die endgültige Antwort.</translation>
    </message>
    <message>
        <source>Documents and question</source>
        <translation>Dokumente und Frage</translation>
    </message>
    <message>
        <source>Drop documents on the window, or watch the recorded run first.</source>
        <translation>Ziehen Sie Dokumente auf das Fenster, oder sehen Sie zuerst den aufgezeichneten Lauf an.</translation>
    </message>
    <message>
        <source>Every call is a row</source>
        <translation>Jeder Aufruf ist eine Zeile</translation>
    </message>
    <message>
        <source>Every run stays here. {find} finds every command, {guide} explains the rest.</source>
        <translation>Jeder Lauf bleibt hier. {find} findet jeden Befehl, {guide} erklärt den Rest.</translation>
    </message>
    <message>
        <source>Nothing is lost</source>
        <translation>Nichts geht verloren</translation>
    </message>
    <message>
        <source>Play it again</source>
        <translation>Noch einmal abspielen</translation>
    </message>
    <message>
        <source>What is asked, of which documents, by which models and how deep.</source>
        <translation>Was gefragt wird, an welche Dokumente, von welchen Modellen und wie tief.</translation>
    </message>
    <message>
        <source>What the row did</source>
        <translation>Was die Zeile tat</translation>
    </message>
    <message>
        <source>{play} plays and pauses; drag the mark to any moment. No model is asked.</source>
        <translation>{play} spielt ab und hält an; ziehen Sie die Marke an jeden Zeitpunkt. Kein Modell wird gefragt.</translation>
    </message>
</context>
<context>
    <name>ForkDialog</name>
    <message>
        <source> seconds</source>
        <translation> Sekunden</translation>
    </message>
    <message numerus="yes">
        <source>%n iteration(s) are served from the record; no model is asked for them.</source>
        <translation>
            <numerusform>%n Iteration kommt aus der Aufzeichnung; dafür wird kein Modell gefragt.</numerusform>
            <numerusform>%n Iterationen kommen aus der Aufzeichnung; dafür wird kein Modell gefragt.</numerusform>
        </translation>
    </message>
    <message>
        <source>&amp;Budget</source>
        <translation>&amp;Budget</translation>
    </message>
    <message>
        <source>&amp;Fork</source>
        <translation>&amp;Abzweigen</translation>
    </message>
    <message>
        <source>&amp;Go on</source>
        <translation>&amp;Weiter</translation>
    </message>
    <message>
        <source>&amp;Root model</source>
        <translation>W&amp;urzelmodell</translation>
    </message>
    <message>
        <source>&amp;Sub-call model</source>
        <translation>Unteraufruf-&amp;Modell</translation>
    </message>
    <message>
        <source>Budget</source>
        <translation>Budget</translation>
    </message>
    <message>
        <source>Code of the next cell</source>
        <translation>Code der nächsten Zelle</translation>
    </message>
    <message>
        <source>Fork at &amp;iteration</source>
        <translation>Bei &amp;Iteration abzweigen</translation>
    </message>
    <message>
        <source>Fork at iteration</source>
        <translation>Bei Iteration abzweigen</translation>
    </message>
    <message>
        <source>Fork the run</source>
        <translation>Vom Lauf abzweigen</translation>
    </message>
    <message>
        <source>Go on with other limits</source>
        <translation>Mit anderen Grenzen weiter</translation>
    </message>
    <message>
        <source>I&amp;nstruction</source>
        <translation>A&amp;nweisung</translation>
    </message>
    <message>
        <source>Instruction</source>
        <translation>Anweisung</translation>
    </message>
    <message>
        <source>Max &amp;calls</source>
        <translation>Max. Au&amp;frufe</translation>
    </message>
    <message>
        <source>Max &amp;depth</source>
        <translation>Max. &amp;Tiefe</translation>
    </message>
    <message>
        <source>Max calls</source>
        <translation>Max. Aufrufe</translation>
    </message>
    <message>
        <source>Max depth</source>
        <translation>Max. Tiefe</translation>
    </message>
    <message>
        <source>Max i&amp;terations</source>
        <translation>Max. Ite&amp;rationen</translation>
    </message>
    <message>
        <source>Max iterations</source>
        <translation>Max. Iterationen</translation>
    </message>
    <message>
        <source>Max t&amp;okens</source>
        <translation>Max. T&amp;okens</translation>
    </message>
    <message>
        <source>Nothing is shared: the question is asked anew.</source>
        <translation>Nichts ist gemeinsam: Die Frage wird neu gestellt.</translation>
    </message>
    <message>
        <source>Root model</source>
        <translation>Wurzelmodell</translation>
    </message>
    <message>
        <source>Run this code as the next cell:</source>
        <translation>Diesen Code als nächste Zelle ausführen:</translation>
    </message>
    <message>
        <source>Sub-call model</source>
        <translation>Unteraufruf-Modell</translation>
    </message>
    <message>
        <source>The model writes the next cell</source>
        <translation>Das Modell schreibt die nächste Zelle</translation>
    </message>
    <message>
        <source>Ti&amp;meout</source>
        <translation>&amp;Zeitgrenze</translation>
    </message>
    <message>
        <source>Timeout</source>
        <translation>Zeitgrenze</translation>
    </message>
    <message>
        <source>What the model is told before it goes on; may be empty</source>
        <translation>Was dem Modell gesagt wird, bevor es weitergeht; darf leer sein</translation>
    </message>
    <message>
        <source>What was finished is served from the record; no model is asked for it. The limits hold over both parts: what the run has used counts.</source>
        <translation>Was fertig war, kommt aus der Aufzeichnung; dafür wird kein Modell gefragt. Die Grenzen gelten für beide Teile: Was der Lauf verbraucht hat, zählt.</translation>
    </message>
    <message>
        <source>no budget</source>
        <translation>kein Budget</translation>
    </message>
    <message>
        <source>no limit</source>
        <translation>keine Grenze</translation>
    </message>
</context>
<context>
    <name>Forks</name>
    <message>
        <source>Fork here…</source>
        <translation>Hier abzweigen…</translation>
    </message>
    <message>
        <source>Fork…</source>
        <translation>Abzweigen…</translation>
    </message>
    <message>
        <source>Go on where it was cut: what was finished is served from the record {keys}</source>
        <translation>Dort weitermachen, wo er abbrach: Was fertig war, kommt aus der Aufzeichnung {keys}</translation>
    </message>
    <message>
        <source>Go on with other limits; what was finished is served from the record</source>
        <translation>Mit anderen Grenzen weiter; was fertig war, kommt aus der Aufzeichnung</translation>
    </message>
    <message>
        <source>Go on…</source>
        <translation>Weiter…</translation>
    </message>
    <message>
        <source>Resume</source>
        <translation>Fortsetzen</translation>
    </message>
</context>
<context>
    <name>GapNote</name>
    <message>
        <source>Compress</source>
        <translation>Stauchen</translation>
    </message>
    <message>
        <source>Compress the parts of the timeline in which no model was asked and no code ran</source>
        <translation>Die Teile der Zeitachse stauchen, in denen kein Modell gefragt wurde und kein Code lief</translation>
    </message>
    <message>
        <source>For {idle} of {whole} nothing ran.</source>
        <translation>{idle} von {whole} lang lief nichts.</translation>
    </message>
    <message>
        <source>Show true times</source>
        <translation>Wahre Zeiten zeigen</translation>
    </message>
    <message>
        <source>The timeline is not true to scale: {idle} in which nothing ran are compressed.</source>
        <translation>Die Zeitachse ist nicht maßstäblich: {idle}, in denen nichts lief, sind gestaucht.</translation>
    </message>
</context>
<context>
    <name>GuideWindow</name>
    <message numerus="yes">
        <source>%n section(s) found</source>
        <translation>
            <numerusform>%n Abschnitt gefunden</numerusform>
            <numerusform>%n Abschnitte gefunden</numerusform>
        </translation>
    </message>
    <message>
        <source>Contents of the guide</source>
        <translation>Inhalt der Anleitung</translation>
    </message>
    <message>
        <source>Nothing in the guide has these words.</source>
        <translation>Nichts in der Anleitung enthält diese Wörter.</translation>
    </message>
    <message>
        <source>RLM Desktop guide</source>
        <translation>Anleitung zu RLM Desktop</translation>
    </message>
    <message>
        <source>Search the guide</source>
        <translation>Anleitung durchsuchen</translation>
    </message>
    <message>
        <source>The guide</source>
        <translation>Die Anleitung</translation>
    </message>
</context>
<context>
    <name>HistoryBrowser</name>
    <message>
        <source>Delete</source>
        <translation>Löschen</translation>
    </message>
    <message>
        <source>Export…</source>
        <translation>Exportieren…</translation>
    </message>
    <message>
        <source>Open</source>
        <translation>Öffnen</translation>
    </message>
    <message>
        <source>Pin</source>
        <translation>Anheften</translation>
    </message>
    <message>
        <source>Rename run</source>
        <translation>Lauf umbenennen</translation>
    </message>
    <message>
        <source>Rename…</source>
        <translation>Umbenennen…</translation>
    </message>
    <message>
        <source>Replay</source>
        <translation>Abspielen</translation>
    </message>
    <message>
        <source>Tags…</source>
        <translation>Schlagwörter…</translation>
    </message>
    <message>
        <source>Unpin</source>
        <translation>Lösen</translation>
    </message>
</context>
<context>
    <name>HistoryPage</name>
    <message>
        <source>Any end state</source>
        <translation>Jeder Endzustand</translation>
    </message>
    <message>
        <source>Any model</source>
        <translation>Jedes Modell</translation>
    </message>
    <message>
        <source>Any tag</source>
        <translation>Jedes Schlagwort</translation>
    </message>
    <message>
        <source>Any time</source>
        <translation>Jeder Zeitraum</translation>
    </message>
    <message>
        <source>Back</source>
        <translation>Zurück</translation>
    </message>
    <message>
        <source>Back to the work (Esc)</source>
        <translation>Zurück zur Arbeit (Esc)</translation>
    </message>
    <message>
        <source>Delete</source>
        <translation>Löschen</translation>
    </message>
    <message>
        <source>Delete the selected runs (Del)</source>
        <translation>Die gewählten Läufe löschen (Entf)</translation>
    </message>
    <message>
        <source>End state</source>
        <translation>Endzustand</translation>
    </message>
    <message>
        <source>Everywhere</source>
        <translation>Überall</translation>
    </message>
    <message>
        <source>Export…</source>
        <translation>Exportieren…</translation>
    </message>
    <message>
        <source>History</source>
        <translation>Verlauf</translation>
    </message>
    <message>
        <source>Kind of text</source>
        <translation>Art des Textes</translation>
    </message>
    <message>
        <source>Last 30 days</source>
        <translation>Letzte 30 Tage</translation>
    </message>
    <message>
        <source>Last 7 days</source>
        <translation>Letzte 7 Tage</translation>
    </message>
    <message>
        <source>Last year</source>
        <translation>Letztes Jahr</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>Modell</translation>
    </message>
    <message>
        <source>No run fits the filters.</source>
        <translation>Kein Lauf passt zu den Filtern.</translation>
    </message>
    <message>
        <source>Nothing was found. Every word must be in one text; a star finds beginnings: segm*</source>
        <translation>Nichts gefunden. Alle Wörter müssen in einem Text stehen; ein Stern findet Anfänge: segm*</translation>
    </message>
    <message>
        <source>Search all runs</source>
        <translation>Alle Läufe durchsuchen</translation>
    </message>
    <message>
        <source>Search all runs: words, &quot;a phrase&quot;, begin*, -without, code:regex, answer:…</source>
        <translation>Alle Läufe durchsuchen: Wörter, &quot;eine Wendung&quot;, Anfang*, -ohne, code:regex, answer:…</translation>
    </message>
    <message>
        <source>Searching…</source>
        <translation>Suche läuft…</translation>
    </message>
    <message>
        <source>Tag</source>
        <translation>Schlagwort</translation>
    </message>
    <message>
        <source>There are no runs yet. Ask a question, or import a log (menu File).</source>
        <translation>Es gibt noch keine Läufe. Stellen Sie eine Frage, oder importieren Sie ein Protokoll (Menü Datei).</translation>
    </message>
    <message>
        <source>Time</source>
        <translation>Zeit</translation>
    </message>
    <message>
        <source>Today</source>
        <translation>Heute</translation>
    </message>
    <message>
        <source>Write the selected runs to files {keys}</source>
        <translation>Die gewählten Läufe in Dateien schreiben {keys}</translation>
    </message>
    <message>
        <source>the latest {places}, in {runs}</source>
        <translation>die neuesten {places}, in {runs}</translation>
    </message>
    <message>
        <source>{places} in {runs}</source>
        <translation>{places} in {runs}</translation>
    </message>
    <message>
        <source>{runs} still being indexed</source>
        <translation>{runs} noch nicht erfasst</translation>
    </message>
    <message>
        <source>{share}% searched so far</source>
        <translation>bisher zu {share} % durchsucht</translation>
    </message>
</context>
<context>
    <name>HistoryPanel</name>
    <message>
        <source>+ New session</source>
        <translation>+ Neue Sitzung</translation>
    </message>
    <message>
        <source>Delete run</source>
        <translation>Lauf löschen</translation>
    </message>
    <message>
        <source>Delete session</source>
        <translation>Sitzung löschen</translation>
    </message>
    <message>
        <source>Export…</source>
        <translation>Exportieren…</translation>
    </message>
    <message>
        <source>Filter sessions</source>
        <translation>Sitzungen filtern</translation>
    </message>
    <message>
        <source>New session</source>
        <translation>Neue Sitzung</translation>
    </message>
    <message>
        <source>No session fits the filter.</source>
        <translation>Keine Sitzung passt zum Filter.</translation>
    </message>
    <message>
        <source>Open</source>
        <translation>Öffnen</translation>
    </message>
    <message>
        <source>Pin</source>
        <translation>Anheften</translation>
    </message>
    <message>
        <source>Rename run</source>
        <translation>Lauf umbenennen</translation>
    </message>
    <message>
        <source>Rename session</source>
        <translation>Sitzung umbenennen</translation>
    </message>
    <message>
        <source>Rename…</source>
        <translation>Umbenennen…</translation>
    </message>
    <message>
        <source>Start with an empty session {keys}</source>
        <translation>Mit einer leeren Sitzung beginnen {keys}</translation>
    </message>
    <message>
        <source>Tags…</source>
        <translation>Schlagwörter…</translation>
    </message>
    <message>
        <source>Unpin</source>
        <translation>Lösen</translation>
    </message>
    <message>
        <source>Your sessions will be listed here.</source>
        <translation>Hier stehen bald Ihre Sitzungen.</translation>
    </message>
</context>
<context>
    <name>HitList</name>
    <message>
        <source>Answer</source>
        <translation>Antwort</translation>
    </message>
    <message>
        <source>Code</source>
        <translation>Code</translation>
    </message>
    <message>
        <source>Document</source>
        <translation>Dokument</translation>
    </message>
    <message>
        <source>Error</source>
        <translation>Fehler</translation>
    </message>
    <message>
        <source>Output</source>
        <translation>Ausgabe</translation>
    </message>
    <message>
        <source>Prompt</source>
        <translation>Prompt</translation>
    </message>
    <message>
        <source>Question</source>
        <translation>Frage</translation>
    </message>
    <message>
        <source>Response</source>
        <translation>Modellantwort</translation>
    </message>
    <message>
        <source>What was found</source>
        <translation>Was gefunden wurde</translation>
    </message>
    <message>
        <source>call {number}</source>
        <translation>Aufruf {number}</translation>
    </message>
    <message>
        <source>iteration {number}</source>
        <translation>Iteration {number}</translation>
    </message>
    <message>
        <source>there are more in this run</source>
        <translation>in diesem Lauf gibt es mehr</translation>
    </message>
</context>
<context>
    <name>IcicleView</name>
    <message>
        <source>Cost</source>
        <translation>Kosten</translation>
    </message>
    <message>
        <source>Heaviest first</source>
        <translation>Schwerste zuerst</translation>
    </message>
    <message>
        <source>In time order</source>
        <translation>Nach der Zeit</translation>
    </message>
    <message>
        <source>No cost is known yet.</source>
        <translation>Noch sind keine Kosten bekannt.</translation>
    </message>
    <message>
        <source>No tokens are known yet.</source>
        <translation>Noch sind keine Tokens bekannt.</translation>
    </message>
    <message>
        <source>No work time is known yet.</source>
        <translation>Noch ist keine Arbeitszeit bekannt.</translation>
    </message>
    <message>
        <source>Order of the rectangles</source>
        <translation>Reihenfolge der Rechtecke</translation>
    </message>
    <message>
        <source>Show the whole run</source>
        <translation>Ganzen Lauf zeigen</translation>
    </message>
    <message>
        <source>Tokens</source>
        <translation>Tokens</translation>
    </message>
    <message>
        <source>Width of the rectangles</source>
        <translation>Breite der Rechtecke</translation>
    </message>
    <message>
        <source>Width:</source>
        <translation>Breite:</translation>
    </message>
    <message>
        <source>Work time</source>
        <translation>Arbeitszeit</translation>
    </message>
</context>
<context>
    <name>Inspector</name>
    <message>
        <source>Calls</source>
        <translation>Aufrufe</translation>
    </message>
    <message>
        <source>Code and output</source>
        <translation>Code und Ausgabe</translation>
    </message>
    <message>
        <source>Context</source>
        <translation>Kontext</translation>
    </message>
    <message>
        <source>Details</source>
        <translation>Einzelheiten</translation>
    </message>
    <message>
        <source>Final answer</source>
        <translation>Endgültige Antwort</translation>
    </message>
    <message>
        <source>Inspector</source>
        <translation>Inspektor</translation>
    </message>
    <message>
        <source>No response arrived.</source>
        <translation>Es kam keine Modellantwort.</translation>
    </message>
    <message>
        <source>Nothing has arrived yet.</source>
        <translation>Noch ist nichts angekommen.</translation>
    </message>
    <message>
        <source>On the clipboard: {calls}.</source>
        <translation>In der Zwischenablage: {calls}.</translation>
    </message>
    <message>
        <source>Prompt</source>
        <translation>Prompt</translation>
    </message>
    <message>
        <source>Question</source>
        <translation>Frage</translation>
    </message>
    <message>
        <source>Reasoning</source>
        <translation>Denken</translation>
    </message>
    <message>
        <source>Response</source>
        <translation>Antwort</translation>
    </message>
    <message>
        <source>Result</source>
        <translation>Ergebnis</translation>
    </message>
    <message>
        <source>Select a row of the run to see what it did.</source>
        <translation>Wählen Sie eine Zeile des Laufs, um zu sehen, was sie tat.</translation>
    </message>
    <message>
        <source>The answer was saved as {path}.</source>
        <translation>Die Antwort wurde als {path} gespeichert.</translation>
    </message>
    <message>
        <source>The call has not ended yet.</source>
        <translation>Der Aufruf ist noch nicht zu Ende.</translation>
    </message>
    <message>
        <source>The chart was saved as {path}.</source>
        <translation>Das Diagramm wurde als {path} gespeichert.</translation>
    </message>
    <message>
        <source>The model has not been asked yet.</source>
        <translation>Das Modell wurde noch nicht gefragt.</translation>
    </message>
    <message>
        <source>The model has not replied yet.</source>
        <translation>Das Modell hat noch nicht geantwortet.</translation>
    </message>
    <message>
        <source>There is no answer.</source>
        <translation>Es gibt keine Antwort.</translation>
    </message>
    <message>
        <source>Transcript</source>
        <translation>Mitschrift</translation>
    </message>
    <message>
        <source>Transcript of the call</source>
        <translation>Mitschrift des Aufrufs</translation>
    </message>
    <message>
        <source>Variables</source>
        <translation>Variablen</translation>
    </message>
    <message>
        <source>Where the row is in the run</source>
        <translation>Wo die Zeile im Lauf ist</translation>
    </message>
</context>
<context>
    <name>InspectorText</name>
    <message>
        <source>  of these cached</source>
        <translation>  davon aus Cache</translation>
    </message>
    <message>
        <source>  of these reasoning</source>
        <translation>  davon Denken</translation>
    </message>
    <message>
        <source> · new</source>
        <translation> · neu</translation>
    </message>
    <message>
        <source>Answer</source>
        <translation>Antwort</translation>
    </message>
    <message>
        <source>Answered by</source>
        <translation>Beantwortet durch</translation>
    </message>
    <message>
        <source>Asked</source>
        <translation>Gefragt</translation>
    </message>
    <message>
        <source>Assistant</source>
        <translation>Assistent</translation>
    </message>
    <message>
        <source>At once</source>
        <translation>Gleichzeitig</translation>
    </message>
    <message>
        <source>Attempt {number}</source>
        <translation>Versuch {number}</translation>
    </message>
    <message>
        <source>Attempts</source>
        <translation>Versuche</translation>
    </message>
    <message>
        <source>By depth</source>
        <translation>Nach Tiefe</translation>
    </message>
    <message>
        <source>By model</source>
        <translation>Nach Modell</translation>
    </message>
    <message>
        <source>Called by</source>
        <translation>Aufgerufen von</translation>
    </message>
    <message>
        <source>Calls</source>
        <translation>Aufrufe</translation>
    </message>
    <message>
        <source>Calls took</source>
        <translation>Aufrufe dauerten</translation>
    </message>
    <message>
        <source>Context</source>
        <translation>Kontext</translation>
    </message>
    <message>
        <source>Cost</source>
        <translation>Kosten</translation>
    </message>
    <message>
        <source>Depth</source>
        <translation>Tiefe</translation>
    </message>
    <message>
        <source>Depth {number}</source>
        <translation>Tiefe {number}</translation>
    </message>
    <message>
        <source>Documents</source>
        <translation>Dokumente</translation>
    </message>
    <message>
        <source>Duration</source>
        <translation>Dauer</translation>
    </message>
    <message>
        <source>Failed attempts</source>
        <translation>Gescheiterte Versuche</translation>
    </message>
    <message>
        <source>Final answer</source>
        <translation>Endgültige Antwort</translation>
    </message>
    <message>
        <source>Finish reason</source>
        <translation>Grund des Endes</translation>
    </message>
    <message>
        <source>First token after</source>
        <translation>Erstes Token nach</translation>
    </message>
    <message>
        <source>Functions of the application</source>
        <translation>Funktionen der Anwendung</translation>
    </message>
    <message>
        <source>Input tokens</source>
        <translation>Eingabe-Tokens</translation>
    </message>
    <message>
        <source>Isolation</source>
        <translation>Einschluss</translation>
    </message>
    <message>
        <source>Iteration</source>
        <translation>Iteration</translation>
    </message>
    <message>
        <source>Kind</source>
        <translation>Art</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>Modell</translation>
    </message>
    <message>
        <source>Model asked</source>
        <translation>Gefragtes Modell</translation>
    </message>
    <message>
        <source>Notice after {time}</source>
        <translation>Hinweis nach {time}</translation>
    </message>
    <message>
        <source>Notices</source>
        <translation>Hinweise</translation>
    </message>
    <message>
        <source>Output tokens</source>
        <translation>Ausgabe-Tokens</translation>
    </message>
    <message>
        <source>Request</source>
        <translation>Anfrage</translation>
    </message>
    <message>
        <source>Requests</source>
        <translation>Anfragen</translation>
    </message>
    <message>
        <source>Response</source>
        <translation>Modellantwort</translation>
    </message>
    <message>
        <source>Response complete after</source>
        <translation>Modellantwort vollständig nach</translation>
    </message>
    <message>
        <source>Result</source>
        <translation>Ergebnis</translation>
    </message>
    <message>
        <source>Root model</source>
        <translation>Wurzelmodell</translation>
    </message>
    <message>
        <source>Run</source>
        <translation>Lauf</translation>
    </message>
    <message>
        <source>Secrets kept from models</source>
        <translation>Vor Modellen verborgene Geheimnisse</translation>
    </message>
    <message>
        <source>Settings</source>
        <translation>Einstellungen</translation>
    </message>
    <message>
        <source>Started</source>
        <translation>Begonnen</translation>
    </message>
    <message>
        <source>Status</source>
        <translation>Status</translation>
    </message>
    <message>
        <source>Sub-call model</source>
        <translation>Unteraufruf-Modell</translation>
    </message>
    <message>
        <source>System</source>
        <translation>System</translation>
    </message>
    <message>
        <source>Time</source>
        <translation>Zeit</translation>
    </message>
    <message>
        <source>Tokens and cost</source>
        <translation>Tokens und Kosten</translation>
    </message>
    <message>
        <source>Tokens and cost of the call itself</source>
        <translation>Tokens und Kosten des Aufrufs selbst</translation>
    </message>
    <message>
        <source>Tokens and cost, all calls below included</source>
        <translation>Tokens und Kosten, mit allen Aufrufen darunter</translation>
    </message>
    <message>
        <source>Usage not told by</source>
        <translation>Verbrauch nicht genannt von</translation>
    </message>
    <message>
        <source>User</source>
        <translation>Benutzer</translation>
    </message>
    <message>
        <source>Version</source>
        <translation>Version</translation>
    </message>
    <message>
        <source>Waited for a place</source>
        <translation>Auf einen Platz gewartet</translation>
    </message>
    <message>
        <source>Warning after {time}</source>
        <translation>Warnung nach {time}</translation>
    </message>
    <message>
        <source>With all calls below</source>
        <translation>Mit allen Aufrufen darunter</translation>
    </message>
    <message>
        <source>Without the calls below</source>
        <translation>Ohne die Aufrufe darunter</translation>
    </message>
    <message>
        <source>as many as allowed</source>
        <translation>so viele wie erlaubt</translation>
    </message>
    <message>
        <source>at most {count}</source>
        <translation>höchstens {count}</translation>
    </message>
    <message>
        <source>cell {number}</source>
        <translation>Zelle {number}</translation>
    </message>
    <message>
        <source>line {number}</source>
        <translation>Zeile {number}</translation>
    </message>
    <message>
        <source>taken from the cache, no model was asked</source>
        <translation>aus dem Cache, ohne ein Modell zu fragen</translation>
    </message>
    <message>
        <source>taken from the record of an earlier run</source>
        <translation>aus der Aufzeichnung eines früheren Laufs</translation>
    </message>
    <message>
        <source>the identical request of call {number}</source>
        <translation>die gleiche Anfrage von Aufruf {number}</translation>
    </message>
    <message>
        <source>{characters} of output over the cap were dropped</source>
        <translation>{characters} Ausgabe über der Grenze verworfen</translation>
    </message>
    <message>
        <source>{count} more, which an export of the run has</source>
        <translation>{count} weitere, die ein Export des Laufs hat</translation>
    </message>
    <message>
        <source>{count} of {size} calls failed.</source>
        <translation>{count} von {size} Aufrufen gescheitert.</translation>
    </message>
    <message>
        <source>{count} replaced</source>
        <translation>{count} ersetzt</translation>
    </message>
    <message>
        <source>{function} in iteration {iteration}, cell {cell}</source>
        <translation>{function} in Iteration {iteration}, Zelle {cell}</translation>
    </message>
    <message>
        <source>{number} of at most {most}</source>
        <translation>{number} von höchstens {most}</translation>
    </message>
    <message>
        <source>{place} · error</source>
        <translation>{place} · Fehler</translation>
    </message>
    <message>
        <source>{place} · output</source>
        <translation>{place} · Ausgabe</translation>
    </message>
    <message>
        <source>{place} · response</source>
        <translation>{place} · Modellantwort</translation>
    </message>
    <message>
        <source>{place} · standard error</source>
        <translation>{place} · Standardfehler</translation>
    </message>
    <message>
        <source>{reason} · tried again after {time}</source>
        <translation>{reason} · erneut versucht nach {time}</translation>
    </message>
    <message>
        <source>{threads} still running at its end</source>
        <translation>{threads} liefen am Ende noch</translation>
    </message>
    <message>
        <source>{time} after the run began</source>
        <translation>{time} nach Beginn des Laufs</translation>
    </message>
    <message>
        <source>{time} without waiting for models</source>
        <translation>{time} ohne das Warten auf Modelle</translation>
    </message>
    <message>
        <source>{tokens} tokens</source>
        <translation>{tokens} Tokens</translation>
    </message>
</context>
<context>
    <name>LeftOutDialog</name>
    <message>
        <source>Files that were left out</source>
        <translation>Ausgelassene Dateien</translation>
    </message>
    <message>
        <source>Left out of folders</source>
        <translation>Aus Ordnern ausgelassen</translation>
    </message>
    <message>
        <source>To read one of them all the same, add the file itself.</source>
        <translation>Um eine davon trotzdem zu lesen, fügen Sie die Datei selbst hinzu.</translation>
    </message>
</context>
<context>
    <name>LogWindow</name>
    <message>
        <source>&amp;Copy all</source>
        <translation>Alles &amp;kopieren</translation>
    </message>
    <message>
        <source>&amp;Read again</source>
        <translation>Erneut &amp;lesen</translation>
    </message>
    <message>
        <source>Find in the log</source>
        <translation>Im Protokoll suchen</translation>
    </message>
    <message>
        <source>Log</source>
        <translation>Protokoll</translation>
    </message>
    <message>
        <source>Nothing has been written yet.</source>
        <translation>Es wurde noch nichts geschrieben.</translation>
    </message>
    <message>
        <source>Open &amp;folder</source>
        <translation>&amp;Ordner öffnen</translation>
    </message>
    <message>
        <source>The log cannot be read: {reason}.</source>
        <translation>Das Protokoll kann nicht gelesen werden: {reason}.</translation>
    </message>
    <message>
        <source>The newest part of {file}. It holds no texts of documents and no keys.</source>
        <translation>Der neueste Teil von {file}. Er enthält weder Texte von Dokumenten noch Schlüssel.</translation>
    </message>
</context>
<context>
    <name>MarkdownView</name>
    <message>
        <source>Copy link</source>
        <translation>Link kopieren</translation>
    </message>
    <message>
        <source>Open {place}</source>
        <translation>{place} öffnen</translation>
    </message>
</context>
<context>
    <name>MenuCorner</name>
    <message>
        <source>Every command and every session, by its name</source>
        <translation>Jeder Befehl und jede Sitzung, beim Namen</translation>
    </message>
    <message>
        <source>Search or run a command</source>
        <translation>Suchen oder Befehl ausführen</translation>
    </message>
    <message>
        <source>Settings</source>
        <translation>Einstellungen</translation>
    </message>
    <message>
        <source>Settings {keys}</source>
        <translation>Einstellungen {keys}</translation>
    </message>
</context>
<context>
    <name>Message</name>
    <message numerus="yes">
        <source>%n older message(s): close this one to see more</source>
        <translation>
            <numerusform>%n ältere Meldung: Schließen Sie diese, um mehr zu sehen</numerusform>
            <numerusform>%n ältere Meldungen: Schließen Sie diese, um mehr zu sehen</numerusform>
        </translation>
    </message>
    <message>
        <source>Close this message</source>
        <translation>Diese Meldung schließen</translation>
    </message>
    <message>
        <source>Copy this message</source>
        <translation>Diese Meldung kopieren</translation>
    </message>
    <message>
        <source>Error</source>
        <translation>Fehler</translation>
    </message>
    <message>
        <source>Notice</source>
        <translation>Hinweis</translation>
    </message>
    <message>
        <source>Undo</source>
        <translation>Rückgängig</translation>
    </message>
    <message>
        <source>Warning</source>
        <translation>Warnung</translation>
    </message>
</context>
<context>
    <name>MessageBar</name>
    <message>
        <source>Messages</source>
        <translation>Meldungen</translation>
    </message>
</context>
<context>
    <name>ModelChooser</name>
    <message>
        <source>Ask all providers for their models</source>
        <translation>Alle Anbieter nach ihren Modellen fragen</translation>
    </message>
    <message>
        <source>Asking the providers…</source>
        <translation>Die Anbieter werden gefragt…</translation>
    </message>
    <message>
        <source>Choose a model</source>
        <translation>Ein Modell wählen</translation>
    </message>
    <message>
        <source>Fetch lists</source>
        <translation>Listen holen</translation>
    </message>
    <message>
        <source>Lists of {date} or later. Any name can be typed.</source>
        <translation>Listen vom {date} oder später. Jeder Name kann eingetippt werden.</translation>
    </message>
    <message>
        <source>Models</source>
        <translation>Modelle</translation>
    </message>
    <message>
        <source>No list has been fetched yet. Any name can be typed.</source>
        <translation>Noch keine Liste geholt. Jeder Name kann eingetippt werden.</translation>
    </message>
    <message>
        <source>No list has “{name}”, and it belongs to no provider.</source>
        <translation>Keine Liste enthält „{name}“, und es gehört zu keinem Anbieter.</translation>
    </message>
    <message>
        <source>No list has “{name}”. It will be asked for at {provider}.</source>
        <translation>Keine Liste enthält „{name}“. Es wird bei {provider} angefragt.</translation>
    </message>
    <message>
        <source>Providers…</source>
        <translation>Anbieter…</translation>
    </message>
    <message>
        <source>Search the models</source>
        <translation>Modelle durchsuchen</translation>
    </message>
    <message>
        <source>Search, or type any name as PROVIDER/MODEL</source>
        <translation>Suchen oder einen Namen als ANBIETER/MODELL eintippen</translation>
    </message>
</context>
<context>
    <name>ModelTable</name>
    <message>
        <source>$ per M in</source>
        <translation>$ je M hinein</translation>
    </message>
    <message>
        <source>$ per M out</source>
        <translation>$ je M heraus</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>Modell</translation>
    </message>
    <message>
        <source>Provider</source>
        <translation>Anbieter</translation>
    </message>
    <message>
        <source>Window</source>
        <translation>Fenster</translation>
    </message>
    <message>
        <source>free</source>
        <translation>kostenlos</translation>
    </message>
    <message>
        <source>unknown</source>
        <translation>unbekannt</translation>
    </message>
</context>
<context>
    <name>Models</name>
    <message>
        <source>Offline (extractive, no language model)</source>
        <translation>Offline (extraktiv, kein Sprachmodell)</translation>
    </message>
</context>
<context>
    <name>ModelsController</name>
    <message>
        <source>{model} answers from now on.</source>
        <translation>Von jetzt an antwortet {model}.</translation>
    </message>
</context>
<context>
    <name>Naming</name>
    <message>
        <source>Name (empty: the question):</source>
        <translation>Name (leer: die Frage):</translation>
    </message>
    <message>
        <source>Tags</source>
        <translation>Schlagwörter</translation>
    </message>
    <message>
        <source>Tags, with commas between them:</source>
        <translation>Schlagwörter, durch Kommas getrennt:</translation>
    </message>
</context>
<context>
    <name>OcrDialog</name>
    <message>
        <source>&amp;Read</source>
        <translation>&amp;Lesen</translation>
    </message>
    <message>
        <source>In which languages is {what} written?</source>
        <translation>In welchen Sprachen ist {what} geschrieben?</translation>
    </message>
    <message>
        <source>Languages of the pages</source>
        <translation>Sprachen der Seiten</translation>
    </message>
    <message>
        <source>Read pictures of pages</source>
        <translation>Bilder von Seiten lesen</translation>
    </message>
    <message>
        <source>Tesseract reads the pages on this machine. It takes some seconds a page, and it errs.</source>
        <translation>Tesseract liest die Seiten auf diesem Rechner. Das dauert einige Sekunden je Seite, und es macht Fehler.</translation>
    </message>
</context>
<context>
    <name>OverviewStrip</name>
    <message>
        <source>Overview of the run by depth</source>
        <translation>Überblick des Laufs nach Tiefe</translation>
    </message>
    <message>
        <source>The whole run by depth: the more calls at once, the higher. Click to go there.</source>
        <translation>Der ganze Lauf nach Tiefe: je mehr Aufrufe gleichzeitig, desto höher. Ein Klick geht dorthin.</translation>
    </message>
</context>
<context>
    <name>PagedText</name>
    <message>
        <source>Text of the document</source>
        <translation>Text des Dokuments</translation>
    </message>
</context>
<context>
    <name>PairsModel</name>
    <message>
        <source>A</source>
        <translation>A</translation>
    </message>
    <message>
        <source>B</source>
        <translation>B</translation>
    </message>
    <message>
        <source>Duration</source>
        <translation>Dauer</translation>
    </message>
    <message>
        <source>What differs</source>
        <translation>Was sich unterscheidet</translation>
    </message>
    <message>
        <source>answer</source>
        <translation>Antwort</translation>
    </message>
    <message>
        <source>code</source>
        <translation>Code</translation>
    </message>
    <message>
        <source>only in A</source>
        <translation>nur in A</translation>
    </message>
    <message>
        <source>only in B</source>
        <translation>nur in B</translation>
    </message>
    <message>
        <source>output</source>
        <translation>Ausgabe</translation>
    </message>
    <message>
        <source>status</source>
        <translation>Status</translation>
    </message>
    <message>
        <source>Δ Cost</source>
        <translation>Δ Kosten</translation>
    </message>
    <message>
        <source>Δ Duration</source>
        <translation>Δ Dauer</translation>
    </message>
    <message>
        <source>Δ Tokens</source>
        <translation>Δ Tokens</translation>
    </message>
</context>
<context>
    <name>PairsView</name>
    <message>
        <source>Open in A</source>
        <translation>In A öffnen</translation>
    </message>
    <message>
        <source>Open in B</source>
        <translation>In B öffnen</translation>
    </message>
    <message>
        <source>Rows of both runs</source>
        <translation>Zeilen beider Läufe</translation>
    </message>
</context>
<context>
    <name>Palette</name>
    <message>
        <source>Command</source>
        <translation>Befehl</translation>
    </message>
    <message>
        <source>Command palette</source>
        <translation>Befehlspalette</translation>
    </message>
    <message>
        <source>Commands found</source>
        <translation>Gefundene Befehle</translation>
    </message>
    <message>
        <source>Nothing fits.</source>
        <translation>Nichts passt.</translation>
    </message>
    <message>
        <source>Type a few letters of a command, a session or a document</source>
        <translation>Einige Buchstaben eines Befehls, einer Sitzung oder eines Dokuments</translation>
    </message>
</context>
<context>
    <name>PasswordDialog</name>
    <message>
        <source>&amp;Open</source>
        <translation>&amp;Öffnen</translation>
    </message>
    <message>
        <source>It is remembered until the program ends, and never written anywhere.</source>
        <translation>Es wird bis zum Ende des Programms behalten und nirgends geschrieben.</translation>
    </message>
    <message>
        <source>Password</source>
        <translation>Passwort</translation>
    </message>
    <message>
        <source>Password needed</source>
        <translation>Passwort nötig</translation>
    </message>
    <message>
        <source>Password of the document</source>
        <translation>Passwort des Dokuments</translation>
    </message>
    <message>
        <source>The password of {name} was wrong. Try another one.</source>
        <translation>Das Passwort von {name} war falsch. Versuchen Sie ein anderes.</translation>
    </message>
    <message>
        <source>{name} is encrypted.</source>
        <translation>{name} ist verschlüsselt.</translation>
    </message>
</context>
<context>
    <name>PlotView</name>
    <message>
        <source>Copy as a picture</source>
        <translation>Als Bild kopieren</translation>
    </message>
    <message>
        <source>Copy or save the chart</source>
        <translation>Das Diagramm kopieren oder speichern</translation>
    </message>
    <message>
        <source>Copy or save the chart {title}</source>
        <translation>Das Diagramm {title} kopieren oder speichern</translation>
    </message>
    <message>
        <source>Drawings (*.svg)</source>
        <translation>Zeichnungen (*.svg)</translation>
    </message>
    <message>
        <source>Pictures (*.png)</source>
        <translation>Bilder (*.png)</translation>
    </message>
    <message>
        <source>Save as PNG…</source>
        <translation>Als PNG speichern…</translation>
    </message>
    <message>
        <source>Save as SVG…</source>
        <translation>Als SVG speichern…</translation>
    </message>
    <message>
        <source>Save the chart</source>
        <translation>Das Diagramm speichern</translation>
    </message>
    <message>
        <source>Saving…</source>
        <translation>Wird gespeichert…</translation>
    </message>
    <message>
        <source>{path}: {reason}. Choose another place.</source>
        <translation>{path}: {reason}. Wählen Sie einen anderen Ort.</translation>
    </message>
</context>
<context>
    <name>PresetsPage</name>
    <message>
        <source>&amp;Delete</source>
        <translation>&amp;Löschen</translation>
    </message>
    <message>
        <source>A preset cannot be used.</source>
        <translation>Eine Vorlage ist nicht verwendbar.</translation>
    </message>
    <message>
        <source>A preset keeps models, limits and prompt under a name. It is one file without any key, so it can be given to others.</source>
        <translation>Eine Vorlage hält Modelle, Grenzen und Prompt unter einem Namen fest. Sie ist eine Datei ohne jeden Schlüssel und kann deshalb weitergegeben werden.</translation>
    </message>
    <message>
        <source>Apply</source>
        <translation>Anwenden</translation>
    </message>
    <message>
        <source>Delete</source>
        <translation>Löschen</translation>
    </message>
    <message>
        <source>Delete the preset {name}?</source>
        <translation>Die Vorlage {name} löschen?</translation>
    </message>
    <message>
        <source>Everything as in the defaults.</source>
        <translation>Alles wie in den Vorgaben.</translation>
    </message>
    <message>
        <source>Import a file…</source>
        <translation>Datei importieren…</translation>
    </message>
    <message>
        <source>Import a preset</source>
        <translation>Eine Vorlage importieren</translation>
    </message>
    <message>
        <source>It cannot be brought back. What was chosen with it stays chosen.</source>
        <translation>Sie lässt sich nicht zurückholen. Was mit ihr gewählt wurde, bleibt gewählt.</translation>
    </message>
    <message>
        <source>Name of a new preset</source>
        <translation>Name einer neuen Vorlage</translation>
    </message>
    <message>
        <source>Presets</source>
        <translation>Vorlagen</translation>
    </message>
    <message>
        <source>Save as file…</source>
        <translation>Als Datei speichern…</translation>
    </message>
    <message>
        <source>Save the preset as a file</source>
        <translation>Die Vorlage als Datei speichern</translation>
    </message>
    <message>
        <source>Save what is chosen now</source>
        <translation>Jetzige Wahl speichern</translation>
    </message>
    <message>
        <source>The preset was written.</source>
        <translation>Die Vorlage wurde geschrieben.</translation>
    </message>
    <message>
        <source>There is no preset yet.</source>
        <translation>Es gibt noch keine Vorlage.</translation>
    </message>
    <message>
        <source>“{name}” holds from the next question on.</source>
        <translation>„{name}“ gilt ab der nächsten Frage.</translation>
    </message>
</context>
<context>
    <name>PreviewWindow</name>
    <message>
        <source> of {count}</source>
        <translation> von {count}</translation>
    </message>
    <message>
        <source>Characters {first} to {last} of {all}</source>
        <translation>Zeichen {first} bis {last} von {all}</translation>
    </message>
    <message>
        <source>Copy all</source>
        <translation>Alles kopieren</translation>
    </message>
    <message>
        <source>Copy the whole text</source>
        <translation>Den ganzen Text kopieren</translation>
    </message>
    <message>
        <source>Earlier</source>
        <translation>Früher</translation>
    </message>
    <message>
        <source>Find in the text</source>
        <translation>Im Text suchen</translation>
    </message>
    <message>
        <source>Find in the text (Ctrl+F)</source>
        <translation>Im Text suchen (Strg+F)</translation>
    </message>
    <message>
        <source>Found before (Shift+Enter)</source>
        <translation>Vorige Fundstelle (Umschalt+Eingabe)</translation>
    </message>
    <message>
        <source>Found next (Enter)</source>
        <translation>Nächste Fundstelle (Eingabe)</translation>
    </message>
    <message>
        <source>Headings of the document</source>
        <translation>Überschriften des Dokuments</translation>
    </message>
    <message>
        <source>Later</source>
        <translation>Später</translation>
    </message>
    <message>
        <source>Page</source>
        <translation>Seite</translation>
    </message>
    <message>
        <source>Text of {name}</source>
        <translation>Text von {name}</translation>
    </message>
    <message>
        <source>not found</source>
        <translation>nicht gefunden</translation>
    </message>
    <message>
        <source>page </source>
        <translation>Seite </translation>
    </message>
    <message>
        <source>searching…</source>
        <translation>sucht…</translation>
    </message>
    <message>
        <source>sheet </source>
        <translation>Blatt </translation>
    </message>
    <message>
        <source>slide </source>
        <translation>Folie </translation>
    </message>
    <message>
        <source>{which} of {all}</source>
        <translation>{which} von {all}</translation>
    </message>
    <message>
        <source>≈ {count} tokens</source>
        <translation>≈ {count} Tokens</translation>
    </message>
</context>
<context>
    <name>PricesPage</name>
    <message>
        <source>+ Add model</source>
        <translation>+ Modell hinzufügen</translation>
    </message>
    <message>
        <source>Back to the built-in price</source>
        <translation>Zurück zum mitgelieferten Preis</translation>
    </message>
    <message>
        <source>Cached input</source>
        <translation>Eingabe aus Cache</translation>
    </message>
    <message>
        <source>From</source>
        <translation>Woher</translation>
    </message>
    <message>
        <source>Input</source>
        <translation>Eingabe</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>Modell</translation>
    </message>
    <message>
        <source>Output</source>
        <translation>Ausgabe</translation>
    </message>
    <message>
        <source>Prices of models</source>
        <translation>Preise der Modelle</translation>
    </message>
    <message>
        <source>Reset selected</source>
        <translation>Gewählte zurücksetzen</translation>
    </message>
    <message>
        <source>Type US dollars per million tokens, as in 0.25; 0 is free.</source>
        <translation>US-Dollar je Million Tokens eingeben, wie 0,25; 0 ist kostenlos.</translation>
    </message>
    <message>
        <source>US dollars per million tokens. Double-click to change a price; your own come before the built-in ones of {date}. A model may be named MODEL or PROVIDER/MODEL. What is not listed costs “unknown”.</source>
        <translation>US-Dollar je Million Tokens. Ein Doppelklick ändert einen Preis; eigene gehen den mitgelieferten vom {date} vor. Ein Modell heißt MODELL oder ANBIETER/MODELL. Was hier nicht steht, kostet „unbekannt“.</translation>
    </message>
    <message>
        <source>built in</source>
        <translation>mitgeliefert</translation>
    </message>
    <message>
        <source>your own</source>
        <translation>eigener</translation>
    </message>
    <message>
        <source>“{text}” is no price.</source>
        <translation>„{text}“ ist kein Preis.</translation>
    </message>
</context>
<context>
    <name>ProposalPane</name>
    <message numerus="yes">
        <source>%n more wait(s) in other calls.</source>
        <translation>
            <numerusform>%n weitere wartet in anderen Aufrufen.</numerusform>
            <numerusform>%n weitere warten in anderen Aufrufen.</numerusform>
        </translation>
    </message>
    <message>
        <source>Answer</source>
        <translation>Antworten</translation>
    </message>
    <message>
        <source>Answer in the model&apos;s place</source>
        <translation>An Stelle des Modells antworten</translation>
    </message>
    <message>
        <source>Code that is about to run</source>
        <translation>Code, der gleich läuft</translation>
    </message>
    <message>
        <source>Do not run it; the model is told so {keys}</source>
        <translation>Nicht ausführen; das Modell erfährt es {keys}</translation>
    </message>
    <message>
        <source>End the call with this answer</source>
        <translation>Den Aufruf mit dieser Antwort beenden</translation>
    </message>
    <message>
        <source>Here the run waited for a decision about this cell.</source>
        <translation>Hier wartete der Lauf auf eine Entscheidung über diese Zelle.</translation>
    </message>
    <message>
        <source>Run</source>
        <translation>Ausführen</translation>
    </message>
    <message>
        <source>Run the cell, with what was changed in it {keys}</source>
        <translation>Die Zelle ausführen, mit dem, was darin geändert wurde {keys}</translation>
    </message>
    <message>
        <source>Skip</source>
        <translation>Überspringen</translation>
    </message>
    <message>
        <source>The run waits: change this cell if you like, then run or skip it.</source>
        <translation>Der Lauf wartet: Ändern Sie diese Zelle, wenn Sie mögen, und führen Sie sie aus oder überspringen Sie sie.</translation>
    </message>
    <message>
        <source>The run waits: change this cell if you like, then run or skip it. {more}</source>
        <translation>Der Lauf wartet: Ändern Sie diese Zelle, wenn Sie mögen, und führen Sie sie aus oder überspringen Sie sie. {more}</translation>
    </message>
    <message>
        <source>or answer in the model&apos;s place</source>
        <translation>oder an Stelle des Modells antworten</translation>
    </message>
</context>
<context>
    <name>ProviderForm</name>
    <message>
        <source>&quot;{line}&quot; is no header: write NAME: VALUE, one a line.</source>
        <translation>„{line}“ ist kein Header: Schreiben Sie NAME: WERT, einen je Zeile.</translation>
    </message>
    <message>
        <source>API key</source>
        <translation>API-Schlüssel</translation>
    </message>
    <message>
        <source>API version</source>
        <translation>API-Version</translation>
    </message>
    <message>
        <source>Address of the API; it usually ends with /v1</source>
        <translation>Adresse der API; sie endet meist auf /v1</translation>
    </message>
    <message>
        <source>Asking…</source>
        <translation>Wird gefragt…</translation>
    </message>
    <message>
        <source>Base URL</source>
        <translation>Basis-URL</translation>
    </message>
    <message>
        <source>Concurrency</source>
        <translation>Gleichzeitigkeit</translation>
    </message>
    <message>
        <source>Empty: the environment&apos;s HTTPS_PROXY</source>
        <translation>Leer: HTTPS_PROXY der Umgebung</translation>
    </message>
    <message>
        <source>Get a key ↗</source>
        <translation>Schlüssel holen ↗</translation>
    </message>
    <message>
        <source>Headers</source>
        <translation>Header</translation>
    </message>
    <message>
        <source>In an environment variable or .env</source>
        <translation>In einer Umgebungsvariablen oder .env</translation>
    </message>
    <message>
        <source>In the system&apos;s key store</source>
        <translation>Im Schlüsselspeicher</translation>
    </message>
    <message>
        <source>Keep the key</source>
        <translation>Schlüssel behalten</translation>
    </message>
    <message>
        <source>Models are called NAME/MODEL</source>
        <translation>Modelle heißen NAME/MODELL</translation>
    </message>
    <message>
        <source>More settings</source>
        <translation>Weitere Einstellungen</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>Name</translation>
    </message>
    <message>
        <source>Never written to the settings, the history or the log</source>
        <translation>Steht nie in Einstellungen, Verlauf oder Protokoll</translation>
    </message>
    <message>
        <source>No key</source>
        <translation>Kein Schlüssel</translation>
    </message>
    <message>
        <source>Of Azure&apos;s older addresses, as in 2024-10-21</source>
        <translation>Bei älteren Adressen von Azure, wie 2024-10-21</translation>
    </message>
    <message>
        <source>One a line; ${NAME} stands for an environment variable</source>
        <translation>Einer je Zeile; ${NAME} steht für eine Umgebungsvariable</translation>
    </message>
    <message>
        <source>OpenAI&apos;s organisation, where a key has several</source>
        <translation>Organisation bei OpenAI, wenn ein Schlüssel mehrere hat</translation>
    </message>
    <message>
        <source>Organisation</source>
        <translation>Organisation</translation>
    </message>
    <message>
        <source>Provider</source>
        <translation>Anbieter</translation>
    </message>
    <message>
        <source>Proxy</source>
        <translation>Proxy</translation>
    </message>
    <message>
        <source>Requests in flight at once over all runs</source>
        <translation>Gleichzeitige Anfragen über alle Läufe</translation>
    </message>
    <message>
        <source>Test</source>
        <translation>Prüfen</translation>
    </message>
    <message>
        <source>Test the provider with a tiny request</source>
        <translation>Den Anbieter mit einer winzigen Anfrage prüfen</translation>
    </message>
    <message>
        <source>Test with</source>
        <translation>Prüfen mit</translation>
    </message>
    <message>
        <source>The environment variable with the key; .env counts too</source>
        <translation>Die Umgebungsvariable mit dem Schlüssel; auch .env zählt</translation>
    </message>
    <message>
        <source>The model that is asked for one word; empty means any</source>
        <translation>Das Modell, das um ein Wort gebeten wird; leer heißt irgendeines</translation>
    </message>
    <message>
        <source>Time without a byte after which a request is given up</source>
        <translation>Zeit ohne ein Byte, nach der eine Anfrage aufgegeben wird</translation>
    </message>
    <message>
        <source>Timeout</source>
        <translation>Zeitgrenze</translation>
    </message>
    <message>
        <source>Until the program ends</source>
        <translation>Bis zum Programmende</translation>
    </message>
    <message>
        <source>Variable</source>
        <translation>Variable</translation>
    </message>
    <message>
        <source>What kind of server it is</source>
        <translation>Welche Art von Server es ist</translation>
    </message>
    <message>
        <source>Where the key is from one start to the next</source>
        <translation>Wo der Schlüssel von einem Start zum nächsten liegt</translation>
    </message>
    <message>
        <source>any model of the list</source>
        <translation>irgendein Modell der Liste</translation>
    </message>
    <message>
        <source>kept; type to replace it</source>
        <translation>behalten; zum Ersetzen tippen</translation>
    </message>
    <message>
        <source>paste the key</source>
        <translation>Schlüssel einfügen</translation>
    </message>
    <message>
        <source>usual (300 s)</source>
        <translation>üblich (300 s)</translation>
    </message>
</context>
<context>
    <name>ProvidersPage</name>
    <message>
        <source>&amp;Discard</source>
        <translation>&amp;Verwerfen</translation>
    </message>
    <message>
        <source>&amp;Remove</source>
        <translation>&amp;Entfernen</translation>
    </message>
    <message>
        <source>+ Add provider</source>
        <translation>+ Anbieter hinzufügen</translation>
    </message>
    <message>
        <source>Its settings and its key are deleted for good. Runs made with it stay.</source>
        <translation>Seine Einstellungen und sein Schlüssel werden endgültig gelöscht. Läufe, die mit ihm gemacht wurden, bleiben.</translation>
    </message>
    <message>
        <source>Leave without saving?</source>
        <translation>Ohne Speichern weitergehen?</translation>
    </message>
    <message>
        <source>Look for local servers</source>
        <translation>Lokale Server suchen</translation>
    </message>
    <message>
        <source>No model server answers on this machine.</source>
        <translation>Auf diesem Rechner antwortet kein Modellserver.</translation>
    </message>
    <message>
        <source>Ollama, LM Studio, llama.cpp and vLLM at their usual ports on this machine</source>
        <translation>Ollama, LM Studio, llama.cpp und vLLM an ihren üblichen Ports auf diesem Rechner</translation>
    </message>
    <message>
        <source>Providers</source>
        <translation>Anbieter</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>Entfernen</translation>
    </message>
    <message>
        <source>Remove the provider and its key</source>
        <translation>Den Anbieter und seinen Schlüssel entfernen</translation>
    </message>
    <message>
        <source>Remove {provider}?</source>
        <translation>{provider} entfernen?</translation>
    </message>
    <message>
        <source>Save</source>
        <translation>Speichern</translation>
    </message>
    <message>
        <source>Save the provider</source>
        <translation>Den Anbieter speichern</translation>
    </message>
    <message>
        <source>Start Ollama, LM Studio, llama.cpp or vLLM, or add a provider with its own address.</source>
        <translation>Starten Sie Ollama, LM Studio, llama.cpp oder vLLM, oder fügen Sie einen Anbieter mit eigener Adresse hinzu.</translation>
    </message>
    <message>
        <source>This provider comes from the environment or from a .env file and is changed there. Add one of your own to have other settings.</source>
        <translation>Dieser Anbieter stammt aus der Umgebung oder einer .env-Datei und wird dort geändert. Für andere Einstellungen fügen Sie einen eigenen hinzu.</translation>
    </message>
    <message>
        <source>This server was found on this machine. It can be used as it is; nothing has to be saved.</source>
        <translation>Dieser Server wurde auf diesem Rechner gefunden. Er ist so verwendbar; nichts muss gespeichert werden.</translation>
    </message>
    <message>
        <source>What you typed for a provider is not saved yet: its button Save does that.</source>
        <translation>Was Sie für einen Anbieter eingegeben haben, ist noch nicht gespeichert: Das tut dort „Speichern“.</translation>
    </message>
    <message>
        <source>press Save to keep it</source>
        <translation>mit „Speichern“ wird es behalten</translation>
    </message>
    <message>
        <source>{name} (environment)</source>
        <translation>{name} (Umgebung)</translation>
    </message>
    <message>
        <source>{name} (on this machine)</source>
        <translation>{name} (auf diesem Rechner)</translation>
    </message>
</context>
<context>
    <name>QPlatformTheme</name>
    <message>
        <source>Cancel</source>
        <translation>Abbrechen</translation>
    </message>
</context>
<context>
    <name>QuestionEdit</name>
    <message>
        <source>Question</source>
        <translation>Frage</translation>
    </message>
</context>
<context>
    <name>QuestionPanel</name>
    <message>
        <source> iterations</source>
        <translation> Iterationen</translation>
    </message>
    <message>
        <source>All models…</source>
        <translation>Alle Modelle…</translation>
    </message>
    <message>
        <source>Answers the calls that the code makes</source>
        <translation>Beantwortet die Aufrufe, die der Code macht</translation>
    </message>
    <message>
        <source>Ask</source>
        <translation>Fragen</translation>
    </message>
    <message>
        <source>Ask a follow-up question; the model knows the earlier ones…</source>
        <translation>Eine weitere Frage stellen; das Modell kennt die früheren…</translation>
    </message>
    <message>
        <source>Ask a question about the documents…</source>
        <translation>Eine Frage zu den Dokumenten stellen…</translation>
    </message>
    <message>
        <source>Ask the question</source>
        <translation>Die Frage stellen</translation>
    </message>
    <message>
        <source>Ask {keys}</source>
        <translation>Fragen {keys}</translation>
    </message>
    <message>
        <source>Budget</source>
        <translation>Budget</translation>
    </message>
    <message>
        <source>Iterations of the root call; sub-calls get fewer by depth</source>
        <translation>Iterationen des Wurzelaufrufs; Unteraufrufe bekommen je nach Tiefe weniger</translation>
    </message>
    <message>
        <source>Levels of calls below the root: 1 means plain sub-calls only</source>
        <translation>Ebenen von Aufrufen unter der Wurzel: 1 heißt nur einfache Unteraufrufe</translation>
    </message>
    <message>
        <source>Max depth</source>
        <translation>Max. Tiefe</translation>
    </message>
    <message>
        <source>Max iterations</source>
        <translation>Max. Iterationen</translation>
    </message>
    <message>
        <source>Most that this run may cost in US dollars; 0 is no limit</source>
        <translation>Was dieser Lauf höchstens kosten darf, in US-Dollar; 0 ist keine Grenze</translation>
    </message>
    <message>
        <source>Root model</source>
        <translation>Wurzelmodell</translation>
    </message>
    <message>
        <source>Running…</source>
        <translation>Läuft…</translation>
    </message>
    <message>
        <source>Sub-call model</source>
        <translation>Unteraufruf-Modell</translation>
    </message>
    <message>
        <source>Sub-calls: the same model</source>
        <translation>Unteraufrufe: dasselbe Modell</translation>
    </message>
    <message>
        <source>The root model calls the sub-call model</source>
        <translation>Das Wurzelmodell ruft das Unteraufruf-Modell auf</translation>
    </message>
    <message>
        <source>Writes the code that reads the documents</source>
        <translation>Schreibt den Code, der die Dokumente liest</translation>
    </message>
    <message>
        <source>budget $</source>
        <translation>Budget $</translation>
    </message>
    <message>
        <source>depth ≤ </source>
        <translation>Tiefe ≤ </translation>
    </message>
    <message>
        <source>no budget</source>
        <translation>kein Budget</translation>
    </message>
</context>
<context>
    <name>ReplayBar</name>
    <message>
        <source>&lt;b&gt;Replay&lt;/b&gt;</source>
        <translation>&lt;b&gt;Wiedergabe&lt;/b&gt;</translation>
    </message>
    <message>
        <source>&lt;b&gt;Replay&lt;/b&gt;, no model calls</source>
        <translation>&lt;b&gt;Wiedergabe&lt;/b&gt;, keine Modellaufrufe</translation>
    </message>
    <message>
        <source>&lt;b&gt;Replay&lt;/b&gt;: recorded, no model calls</source>
        <translation>&lt;b&gt;Wiedergabe&lt;/b&gt;: ohne Modellaufrufe</translation>
    </message>
    <message>
        <source>&lt;b&gt;Replay&lt;/b&gt;: the run is being read, {percent}</source>
        <translation>&lt;b&gt;Wiedergabe&lt;/b&gt;: der Lauf wird gelesen, {percent}</translation>
    </message>
    <message>
        <source>Cut every wait for a model to half a second</source>
        <translation>Jedes Warten auf ein Modell auf eine halbe Sekunde kürzen</translation>
    </message>
    <message>
        <source>Exit replay</source>
        <translation>Beenden</translation>
    </message>
    <message>
        <source>Next error</source>
        <translation>Nächster Fehler</translation>
    </message>
    <message>
        <source>Next event</source>
        <translation>Nächstes Ereignis</translation>
    </message>
    <message>
        <source>Next iteration</source>
        <translation>Nächste Iteration</translation>
    </message>
    <message>
        <source>Nothing is asked again.</source>
        <translation>Es wird nichts erneut gefragt.</translation>
    </message>
    <message>
        <source>Pause</source>
        <translation>Pause</translation>
    </message>
    <message>
        <source>Pause at markers</source>
        <translation>An Marken halten</translation>
    </message>
    <message>
        <source>Play</source>
        <translation>Abspielen</translation>
    </message>
    <message>
        <source>Previous error</source>
        <translation>Voriger Fehler</translation>
    </message>
    <message>
        <source>Previous event</source>
        <translation>Voriges Ereignis</translation>
    </message>
    <message>
        <source>Previous iteration</source>
        <translation>Vorige Iteration</translation>
    </message>
    <message>
        <source>Recorded on {day}, {time}; nothing is asked again.</source>
        <translation>Aufgezeichnet am {day}, {time}; nichts wird erneut gefragt.</translation>
    </message>
    <message>
        <source>Skip waiting</source>
        <translation>Ohne Warten</translation>
    </message>
    <message>
        <source>Speed of the replay</source>
        <translation>Tempo der Wiedergabe</translation>
    </message>
    <message>
        <source>Stop at iterations, errors, limits and the answer</source>
        <translation>Bei Iterationen, Fehlern, Grenzen und der Antwort anhalten</translation>
    </message>
    <message>
        <source>event {event} / {events} · {time} / {duration}</source>
        <translation>Ereignis {event} / {events} · {time} / {duration}</translation>
    </message>
    <message>
        <source>jumps are possible soon: {percent}</source>
        <translation>Sprünge sind bald möglich: {percent}</translation>
    </message>
    <message>
        <source>the run took {took}; without waiting it plays in {film}</source>
        <translation>der Lauf dauerte {took}; ohne Warten wird er in {film} wiedergegeben</translation>
    </message>
    <message>
        <source>{percent}%</source>
        <translation>{percent} %</translation>
    </message>
</context>
<context>
    <name>Rereading</name>
    <message>
        <source>Enter…</source>
        <translation>Eingeben…</translation>
    </message>
    <message>
        <source>Read them (OCR)…</source>
        <translation>Lesen (OCR)…</translation>
    </message>
    <message>
        <source>To have them read, install Tesseract (on Debian and Ubuntu: apt install tesseract-ocr), then choose “Read again” in the list.</source>
        <translation>Damit sie gelesen werden, installieren Sie Tesseract (unter Debian und Ubuntu: apt install tesseract-ocr) und wählen dann „Erneut lesen“ in der Liste.</translation>
    </message>
    <message>
        <source>{documents} need a password.</source>
        <translation>{documents} mit Passwort.</translation>
    </message>
    <message>
        <source>{name} needs a password.</source>
        <translation>{name} braucht ein Passwort.</translation>
    </message>
    <message>
        <source>{pages} without text in {name}: scanned or drawn.</source>
        <translation>{pages} ohne Text in {name}: gescannt oder gezeichnet.</translation>
    </message>
</context>
<context>
    <name>RunChooser</name>
    <message>
        <source>Compare</source>
        <translation>Vergleichen</translation>
    </message>
    <message>
        <source>Compare with…</source>
        <translation>Vergleichen mit…</translation>
    </message>
    <message>
        <source>Filter runs</source>
        <translation>Läufe filtern</translation>
    </message>
    <message>
        <source>No run fits the filter.</source>
        <translation>Kein Lauf passt zum Filter.</translation>
    </message>
    <message>
        <source>Runs</source>
        <translation>Läufe</translation>
    </message>
    <message>
        <source>There is no other run to compare with.</source>
        <translation>Es gibt keinen anderen Lauf zum Vergleichen.</translation>
    </message>
</context>
<context>
    <name>RunControls</name>
    <message>
        <source>A cell of “{question}” waits for you.</source>
        <translation>Eine Zelle von „{question}“ wartet auf Sie.</translation>
    </message>
    <message>
        <source>Show</source>
        <translation>Zeigen</translation>
    </message>
</context>
<context>
    <name>RunHeader</name>
    <message>
        <source>Ask again</source>
        <translation>Erneut fragen</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>Kopieren</translation>
    </message>
    <message>
        <source>Copy the answer as Markdown {keys}</source>
        <translation>Die Antwort als Markdown kopieren {keys}</translation>
    </message>
    <message>
        <source>Copy the final answer</source>
        <translation>Die endgültige Antwort kopieren</translation>
    </message>
    <message>
        <source>Copy why there is no answer</source>
        <translation>Kopieren, warum es keine Antwort gibt</translation>
    </message>
    <message>
        <source>Final answer</source>
        <translation>Endgültige Antwort</translation>
    </message>
    <message>
        <source>Put this question back into the box</source>
        <translation>Diese Frage wieder in das Feld setzen</translation>
    </message>
    <message>
        <source>Question: {text}</source>
        <translation>Frage: {text}</translation>
    </message>
    <message>
        <source>Raise the limit in the settings and ask again.</source>
        <translation>Heben Sie die Grenze in den Einstellungen an und fragen Sie erneut.</translation>
    </message>
    <message>
        <source>Replay</source>
        <translation>Wiedergabe</translation>
    </message>
    <message>
        <source>Show answer</source>
        <translation>Antwort zeigen</translation>
    </message>
    <message>
        <source>Show the whole answer {keys}</source>
        <translation>Die ganze Antwort zeigen {keys}</translation>
    </message>
    <message>
        <source>Stopped before there was an answer. What it had found is in the tree below.</source>
        <translation>Gestoppt, bevor es eine Antwort gab. Was gefunden war, steht unten im Baum.</translation>
    </message>
    <message>
        <source>The calls show below as they happen.</source>
        <translation>Die Aufrufe erscheinen unten, wie sie geschehen.</translation>
    </message>
    <message>
        <source>The program ended while this run was going on. What it had found is below.</source>
        <translation>Das Programm endete während dieses Laufs. Was gefunden war, steht unten.</translation>
    </message>
    <message>
        <source>There is no answer.</source>
        <translation>Es gibt keine Antwort.</translation>
    </message>
    <message>
        <source>What happened then shows below; no model is asked.</source>
        <translation>Was damals geschah, steht unten; kein Modell wird gefragt.</translation>
    </message>
    <message>
        <source>Working</source>
        <translation>Arbeitet</translation>
    </message>
    <message>
        <source>{status}; best answer so far</source>
        <translation>{status}; beste Antwort bisher</translation>
    </message>
</context>
<context>
    <name>RunTable</name>
    <message>
        <source>Calls</source>
        <translation>Aufrufe</translation>
    </message>
    <message>
        <source>Cost</source>
        <translation>Kosten</translation>
    </message>
    <message>
        <source>Depth</source>
        <translation>Tiefe</translation>
    </message>
    <message>
        <source>Documents</source>
        <translation>Dokumente</translation>
    </message>
    <message>
        <source>Duration</source>
        <translation>Dauer</translation>
    </message>
    <message>
        <source>End state</source>
        <translation>Endzustand</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>Modell</translation>
    </message>
    <message>
        <source>Question</source>
        <translation>Frage</translation>
    </message>
    <message>
        <source>Runs</source>
        <translation>Läufe</translation>
    </message>
    <message>
        <source>Started</source>
        <translation>Begonnen</translation>
    </message>
    <message>
        <source>The figures of some requests are not known; the sum leaves them out.</source>
        <translation>Die Zahlen einiger Anfragen sind nicht bekannt; die Summe lässt sie aus.</translation>
    </message>
    <message>
        <source>Tokens</source>
        <translation>Tokens</translation>
    </message>
</context>
<context>
    <name>Samples</name>
    <message>
        <source>Annual report of Northlight Instruments (invented)</source>
        <translation>Geschäftsbericht von Northlight Instruments (erfunden, englisch)</translation>
    </message>
    <message>
        <source>Four regions, 24 countries, 101 states: a document that is worth recursing into.</source>
        <translation>Vier Regionen, 24 Länder, 101 Staaten: ein Dokument, das Rekursion lohnt.</translation>
    </message>
    <message>
        <source>How this program works: a first, short document.</source>
        <translation>Wie dieses Programm funktioniert: ein erstes, kurzes Dokument.</translation>
    </message>
    <message>
        <source>RLM Desktop user guide</source>
        <translation>Anleitung zu RLM Desktop (englisch)</translation>
    </message>
</context>
<context>
    <name>Scrubber</name>
    <message>
        <source>Playhead of the replay</source>
        <translation>Abspielmarke der Wiedergabe</translation>
    </message>
</context>
<context>
    <name>Sentences</name>
    <message>
        <source> Keys are made at {key_page}.</source>
        <translation> Schlüssel gibt es bei {key_page}.</translation>
    </message>
    <message>
        <source> and more</source>
        <translation> und weitere</translation>
    </message>
    <message>
        <source> and {total} more</source>
        <translation> und {total} weitere</translation>
    </message>
    <message>
        <source>&quot;{OFFLINE}&quot; is the built-in model; give the provider another name.</source>
        <translation>„{OFFLINE}“ ist das eingebaute Modell; geben Sie dem Anbieter einen anderen Namen.</translation>
    </message>
    <message>
        <source>&quot;{name}&quot; cannot be the name of a preset: use up to {LONGEST} characters, none of them one of \ / : * ? &quot; &lt; &gt; |, and no dot at either end.</source>
        <translation>„{name}“ kann kein Name einer Vorlage sein: höchstens {LONGEST} Zeichen, keines davon eines von \ / : * ? &quot; &lt; &gt; |, und kein Punkt am Anfang oder Ende.</translation>
    </message>
    <message>
        <source>&quot;{name}&quot; cannot name a provider: use up to 40 letters, figures, &quot;.&quot;, &quot;-&quot; and &quot;_&quot;, beginning with a letter or a figure.</source>
        <translation>„{name}“ kann kein Name eines Anbieters sein: höchstens 40 Buchstaben, Ziffern, „.“, „-“ und „_“, am Anfang ein Buchstabe oder eine Ziffer.</translation>
    </message>
    <message>
        <source>&quot;{name}&quot; stands for {label} on this machine; give it another name.</source>
        <translation>„{name}“ steht für {label} auf diesem Rechner; geben Sie ihm einen anderen Namen.</translation>
    </message>
    <message>
        <source>${cost_usd} of ${budget} is spent</source>
        <translation>${cost_usd} von ${budget} sind ausgegeben</translation>
    </message>
    <message>
        <source>(no response)</source>
        <translation>(keine Modellantwort)</translation>
    </message>
    <message>
        <source>; given by the environment or .env: {join}</source>
        <translation>; aus der Umgebung oder .env: {join}</translation>
    </message>
    <message>
        <source>A REPL worker ended before it began: {strerror}.</source>
        <translation>Ein REPL-Prozess endete, bevor er begann: {strerror}.</translation>
    </message>
    <message>
        <source>A REPL worker is not confined as it should be; it could: {join}.</source>
        <translation>Ein REPL-Prozess ist nicht so eingeschlossen, wie er soll; er konnte: {join}.</translation>
    </message>
    <message>
        <source>A base URL must not hold a password: it would be shown. Use the key or a header.</source>
        <translation>Eine Basis-URL darf kein Passwort enthalten: Es würde angezeigt. Nehmen Sie den Schlüssel oder einen Header.</translation>
    </message>
    <message>
        <source>A budget in US dollars cannot be held: the price of {model} is not known. Add it to the price table (Settings &gt; Prices), or ask without a budget (max_tokens, max_calls).</source>
        <translation>Ein Budget in US-Dollar lässt sich nicht einhalten: Der Preis von {model} ist nicht bekannt. Tragen Sie ihn in die Preistabelle ein (Einstellungen &gt; Preise), oder fragen Sie ohne Budget (max_tokens, max_calls).</translation>
    </message>
    <message>
        <source>A context holds texts, numbers, lists and dicts, nothing else: {why}.</source>
        <translation>Ein Kontext besteht aus Texten, Zahlen, Listen und Dicts, aus nichts anderem: {why}.</translation>
    </message>
    <message>
        <source>A context is a str, a list or a dict, not a {name}.</source>
        <translation>Ein Kontext ist ein str, eine list oder ein dict, kein {name}.</translation>
    </message>
    <message>
        <source>A document is a path or a loaded Document, not a {name}.</source>
        <translation>Ein Dokument ist ein Pfad oder ein geladenes Document, nicht {name}.</translation>
    </message>
    <message>
        <source>A kind of secret fits the words of the record itself, as those for the state of a call. Make its regular expression narrower.</source>
        <translation>Eine Art von Geheimnissen passt auf Wörter der Aufzeichnung selbst, etwa auf die für den Stand eines Aufrufs. Fassen Sie ihren regulären Ausdruck enger.</translation>
    </message>
    <message>
        <source>A model is named by a text, as &quot;gpt-5&quot;, not by {model}.</source>
        <translation>Ein Modell wird mit einem Text benannt, wie &quot;gpt-5&quot;, nicht mit {model}.</translation>
    </message>
    <message>
        <source>A part of the book that is no text was not read: {name}.</source>
        <translation>Ein Teil des Buches, der kein Text ist, wurde nicht gelesen: {name}.</translation>
    </message>
    <message>
        <source>A provider must be a table with a name.</source>
        <translation>Ein Anbieter muss eine Tabelle mit einem Namen sein.</translation>
    </message>
    <message>
        <source>A provider needs a name.</source>
        <translation>Ein Anbieter braucht einen Namen.</translation>
    </message>
    <message>
        <source>A proxy&apos;s password is not kept in the settings file. Leave the proxy empty here and set HTTPS_PROXY in the environment.</source>
        <translation>Das Passwort eines Proxys wird nicht in der Einstellungsdatei gespeichert. Lassen Sie den Proxy hier leer und setzen Sie HTTPS_PROXY in der Umgebung.</translation>
    </message>
    <message>
        <source>A question {what}.</source>
        <translation>Eine Frage {what}.</translation>
    </message>
    <message>
        <source>A run is going on. Wait for its end or stop it, then try again.</source>
        <translation>Ein Lauf ist im Gang. Warten Sie sein Ende ab oder stoppen Sie ihn, und versuchen Sie es noch einmal.</translation>
    </message>
    <message>
        <source>A run of this session is still going on; stop it first.</source>
        <translation>Ein Lauf dieser Sitzung ist noch im Gang; stoppen Sie ihn zuerst.</translation>
    </message>
    <message>
        <source>A server is given but no model: pass model=, or set OPENAI_MODEL.</source>
        <translation>Ein Server ist angegeben, aber kein Modell: Geben Sie model= an, oder setzen Sie OPENAI_MODEL.</translation>
    </message>
    <message>
        <source>A tool may not be called {name}: the REPL has that name for something else.</source>
        <translation>Ein Werkzeug darf nicht {name} heißen: Die REPL hat diesen Namen für etwas anderes.</translation>
    </message>
    <message>
        <source>A tool&apos;s name must be a Python name; {name} is not.</source>
        <translation>Der Name eines Werkzeugs muss ein Python-Name sein; {name} ist keiner.</translation>
    </message>
    <message>
        <source>Add credit to the account, or choose another provider.</source>
        <translation>Laden Sie das Guthaben auf, oder wählen Sie einen anderen Anbieter.</translation>
    </message>
    <message>
        <source>An event loop is running already (as in Jupyter or a web server): use `await rlm.arun(...)` there, which takes the same arguments and gives the same result.</source>
        <translation>Es läuft schon eine Ereignisschleife (wie in Jupyter oder einem Webserver): Nehmen Sie dort `await rlm.arun(...)`; es nimmt dieselben Argumente und gibt dasselbe Ergebnis.</translation>
    </message>
    <message>
        <source>Ask the owner of the account to allow this model, or choose another one.</source>
        <translation>Bitten Sie den Inhaber des Kontos, dieses Modell freizugeben, oder wählen Sie ein anderes.</translation>
    </message>
    <message>
        <source>At Azure the model is the name of your deployment. Copy it from the Azure portal.</source>
        <translation>Bei Azure ist das Modell der Name Ihrer Bereitstellung. Kopieren Sie ihn aus dem Azure-Portal.</translation>
    </message>
    <message>
        <source>Attachment {name}: it is damaged.</source>
        <translation>Anhang {name}: Er ist beschädigt.</translation>
    </message>
    <message>
        <source>Attachment {name}: it lies in {depth} other messages.</source>
        <translation>Anhang {name}: Er liegt in {depth} anderen Nachrichten.</translation>
    </message>
    <message>
        <source>Azure does not list deployments.</source>
        <translation>Azure listet Bereitstellungen nicht auf.</translation>
    </message>
    <message>
        <source>Chapters that the book lists but does not hold: {join}.</source>
        <translation>Kapitel, die das Buch nennt, aber nicht enthält: {join}.</translation>
    </message>
    <message>
        <source>Choose a model of the list, or correct its name.</source>
        <translation>Wählen Sie ein Modell der Liste, oder berichtigen Sie den Namen.</translation>
    </message>
    <message>
        <source>Choose a model with a larger window, or smaller pieces.</source>
        <translation>Wählen Sie ein Modell mit größerem Fenster oder kleinere Stücke.</translation>
    </message>
    <message>
        <source>Comment on</source>
        <translation>Kommentar zu</translation>
    </message>
    <message>
        <source>Comment on {letters}: {text}</source>
        <translation>Kommentar zu {letters}: {text}</translation>
    </message>
    <message>
        <source>Connection refused</source>
        <translation>Verbindung abgelehnt</translation>
    </message>
    <message>
        <source>Copy the key again, whole and without spaces, and see that it belongs to this provider.{page}</source>
        <translation>Kopieren Sie den Schlüssel noch einmal, ganz und ohne Leerzeichen, und achten Sie darauf, dass er zu diesem Anbieter gehört.{page}</translation>
    </message>
    <message>
        <source>Correct the base URL: this is the address of a web site, not of its API. It usually ends with /v1.</source>
        <translation>Berichtigen Sie die Basis-URL: Dies ist die Adresse einer Website, nicht die ihrer API. Meist endet sie auf /v1.</translation>
    </message>
    <message>
        <source>Correct the base URL; it usually ends with /v1.</source>
        <translation>Berichtigen Sie die Basis-URL; meist endet sie auf /v1.</translation>
    </message>
    <message>
        <source>Correct the host in the base URL, and see that this machine is on the network.</source>
        <translation>Berichtigen Sie den Rechnernamen in der Basis-URL, und prüfen Sie, ob dieser Rechner mit dem Netz verbunden ist.</translation>
    </message>
    <message>
        <source>Correct the proxy, or leave it empty to use the one of the environment (HTTPS_PROXY).</source>
        <translation>Berichtigen Sie den Proxy, oder lassen Sie ihn leer, damit der aus der Umgebung (HTTPS_PROXY) gilt.</translation>
    </message>
    <message>
        <source>Could not decode to UTF-8</source>
        <translation>nicht als UTF-8 zu lesen</translation>
    </message>
    <message>
        <source>Disk</source>
        <translation>Platz</translation>
    </message>
    <message>
        <source>Display</source>
        <translation>Anzeige</translation>
    </message>
    <message>
        <source>Each turn of history= needs a question and an answer.</source>
        <translation>Jeder Eintrag von history= braucht eine Frage und eine Antwort.</translation>
    </message>
    <message>
        <source>Error in</source>
        <translation>Fehler in</translation>
    </message>
    <message>
        <source>Error: no response</source>
        <translation>Fehler: keine Modellantwort</translation>
    </message>
    <message>
        <source>File exists</source>
        <translation>die Datei gibt es schon</translation>
    </message>
    <message>
        <source>File name too long</source>
        <translation>der Dateiname ist zu lang</translation>
    </message>
    <message>
        <source>Fonts of {count} are missing: letters there may be wrong.</source>
        <translation>Schriften von {count} fehlen: Buchstaben können dort falsch sein.</translation>
    </message>
    <message>
        <source>For full confinement install bubblewrap (apt install bubblewrap); on Ubuntu 24.04 also apt install apparmor-profiles and link /usr/share/apparmor/extra-profiles/bwrap-userns-restrict into /etc/apparmor.d.</source>
        <translation>Für vollständigen Einschluss installieren Sie bubblewrap (apt install bubblewrap); unter Ubuntu 24.04 auch apt install apparmor-profiles, und verknüpfen Sie /usr/share/apparmor/extra-profiles/bwrap-userns-restrict nach /etc/apparmor.d.</translation>
    </message>
    <message>
        <source>Formula without a result in</source>
        <translation>Formel ohne Ergebnis in</translation>
    </message>
    <message>
        <source>Give documents=, context= or context_path=: one of them.</source>
        <translation>Geben Sie documents=, context= oder context_path= an: eines davon.</translation>
    </message>
    <message>
        <source>History</source>
        <translation>Verlauf</translation>
    </message>
    <message>
        <source>Input/output error</source>
        <translation>Fehler beim Lesen oder Schreiben</translation>
    </message>
    <message>
        <source>Install it: pip install PySide6-Essentials</source>
        <translation>Installieren Sie es: pip install PySide6-Essentials</translation>
    </message>
    <message>
        <source>Is a directory</source>
        <translation>es ist ein Ordner</translation>
    </message>
    <message>
        <source>Isolation</source>
        <translation>Einschluss</translation>
    </message>
    <message>
        <source>It holds macros, which were not read.</source>
        <translation>Es enthält Makros; sie wurden nicht gelesen.</translation>
    </message>
    <message>
        <source>It is None: say in words what was found, or that nothing was.</source>
        <translation>Sie ist None: Sag in Worten, was gefunden wurde oder dass nichts gefunden wurde.</translation>
    </message>
    <message>
        <source>It is a form (XFA) that only programs of Adobe show: what is in its fields was not read.</source>
        <translation>Es ist ein Formular (XFA), das nur Programme von Adobe zeigen: Was in seinen Feldern steht, wurde nicht gelesen.</translation>
    </message>
    <message>
        <source>It is an f-string, and outside a block nothing is computed: write FINAL(...) in a block.</source>
        <translation>Sie ist ein f-String, und außerhalb eines Blocks wird nichts berechnet: FINAL(...) gehört dann in einen Block.</translation>
    </message>
    <message>
        <source>It is damaged: a part of it could not be read.</source>
        <translation>Sie ist beschädigt: Ein Teil davon war nicht lesbar.</translation>
    </message>
    <message>
        <source>It is damaged: comments and text boxes on its sheets could not be read.</source>
        <translation>Es ist beschädigt: Kommentare und Textfelder auf seinen Blättern waren nicht lesbar.</translation>
    </message>
    <message>
        <source>It is damaged: it was read as a text, not as a notebook.</source>
        <translation>Es ist beschädigt: Es wurde als Text gelesen, nicht als Notebook.</translation>
    </message>
    <message>
        <source>It is damaged: only what comes before the damage could be unpacked.</source>
        <translation>Sie ist beschädigt: Nur was vor dem Schaden steht, konnte ausgepackt werden.</translation>
    </message>
    <message>
        <source>It is damaged: the end of the file is missing. What comes before was read as far as possible.</source>
        <translation>Es ist beschädigt: Das Ende der Datei fehlt. Was davor steht, wurde so weit wie möglich gelesen.</translation>
    </message>
    <message>
        <source>It is damaged: the list of its pages is missing. {count} could be found.</source>
        <translation>Es ist beschädigt: Das Verzeichnis der Seiten fehlt. {count} wurden gefunden.</translation>
    </message>
    <message>
        <source>It is empty.</source>
        <translation>Sie ist leer.</translation>
    </message>
    <message>
        <source>It was cancelled; nothing of it was kept.</source>
        <translation>Es wurde abgebrochen; nichts davon wurde behalten.</translation>
    </message>
    <message>
        <source>It was given its caller&apos;s whole context again: asked plainly, as recursion would gain nothing.</source>
        <translation>Er bekam noch einmal den ganzen Kontext seines Aufrufers: Er wurde einfach gefragt, weil Rekursion nichts brächte.</translation>
    </message>
    <message>
        <source>Keys</source>
        <translation>Schlüssel</translation>
    </message>
    <message>
        <source>Left out: {join}.</source>
        <translation>Ausgelassen: {join}.</translation>
    </message>
    <message>
        <source>Load it with: ollama pull {model}. Or choose a model of the list.</source>
        <translation>Laden Sie es mit: ollama pull {model}. Oder wählen Sie ein Modell der Liste.</translation>
    </message>
    <message>
        <source>Load one, as with: ollama pull qwen3</source>
        <translation>Laden Sie eines, etwa mit: ollama pull qwen3</translation>
    </message>
    <message>
        <source>Make it yours, or set RLM_DESKTOP_HOME to a folder that you may write.</source>
        <translation>Machen Sie ihn zu Ihrem, oder setzen Sie RLM_DESKTOP_HOME auf einen Ordner, in den Sie schreiben dürfen.</translation>
    </message>
    <message>
        <source>Make room: new runs need a few megabytes each.</source>
        <translation>Schaffen Sie Platz: Jeder neue Lauf braucht ein paar Megabyte.</translation>
    </message>
    <message>
        <source>NOT CONFINED: model-written code can read your files and use your network</source>
        <translation>UNGESCHÜTZT: Code, den Modelle schreiben, kann Ihre Dateien lesen und Ihr Netz verwenden</translation>
    </message>
    <message>
        <source>Name the environment variable that the key is in, as in OPENAI_API_KEY.</source>
        <translation>Nennen Sie die Umgebungsvariable, in der der Schlüssel steht, etwa OPENAI_API_KEY.</translation>
    </message>
    <message>
        <source>Named .{ending}, but it is {label}; read as such.</source>
        <translation>Die Datei heißt .{ending}, ist aber {label}; so wurde sie gelesen.</translation>
    </message>
    <message>
        <source>No REPL worker could be started: {strerror}.</source>
        <translation>Es konnte kein REPL-Prozess gestartet werden: {strerror}.</translation>
    </message>
    <message>
        <source>No answer from {url} in time.</source>
        <translation>Keine rechtzeitige Antwort von {url}.</translation>
    </message>
    <message>
        <source>No complete response within {seconds} seconds.</source>
        <translation>Keine vollständige Modellantwort binnen {seconds} Sekunden.</translation>
    </message>
    <message>
        <source>No embedding model is known for this server: pass embedding_model= or model=.</source>
        <translation>Für diesen Server ist kein Embedding-Modell bekannt: Geben Sie embedding_model= oder model= an.</translation>
    </message>
    <message>
        <source>No key store of the system works here. Keep the key until the program ends, or put it into an environment variable or a .env file. On Linux, GNOME Keyring or KWallet brings a key store.</source>
        <translation>Hier funktioniert kein Schlüsselspeicher des Systems. Behalten Sie den Schlüssel bis zum Programmende, oder legen Sie ihn in eine Umgebungsvariable oder .env-Datei. Unter Linux bringen GNOME Keyring oder KWallet einen Schlüsselspeicher mit.</translation>
    </message>
    <message>
        <source>No server is known for the model {model}. Add a provider in the settings and name the model PROVIDER/MODEL, set OPENAI_API_KEY (and OPENAI_BASE_URL for a server other than OpenAI&apos;s) in the environment or in a .env file, or use the model {OFFLINE}, which needs neither key nor network.</source>
        <translation>Für das Modell {model} ist kein Server bekannt. Fügen Sie in den Einstellungen einen Anbieter hinzu und nennen Sie das Modell ANBIETER/MODELL, setzen Sie OPENAI_API_KEY (und OPENAI_BASE_URL für einen anderen Server als den von OpenAI) in der Umgebung oder in einer .env-Datei, oder nehmen Sie das Modell {OFFLINE}, das weder Schlüssel noch Netz braucht.</translation>
    </message>
    <message>
        <source>No space left on device</source>
        <translation>der Datenträger ist voll</translation>
    </message>
    <message>
        <source>No such file or directory</source>
        <translation>die Datei oder den Ordner gibt es nicht</translation>
    </message>
    <message>
        <source>Not a directory</source>
        <translation>es ist kein Ordner</translation>
    </message>
    <message>
        <source>Nothing answers at {name}, which DISPLAY names. Correct it, or start from a desktop session.</source>
        <translation>Bei {name}, das DISPLAY nennt, antwortet nichts. Berichtigen Sie es oder starten Sie aus einer Desktop-Sitzung.</translation>
    </message>
    <message>
        <source>Nothing answers at {wayland}, which WAYLAND_DISPLAY names. Start it from a desktop session.</source>
        <translation>Bei {wayland}, das WAYLAND_DISPLAY nennt, antwortet nichts. Starten Sie aus einer Desktop-Sitzung.</translation>
    </message>
    <message>
        <source>Nothing can be kept: the file {file} cannot be written.</source>
        <translation>Nichts kann aufbewahrt werden: In die Datei {file} kann nicht geschrieben werden.</translation>
    </message>
    <message>
        <source>Nothing can be kept: the folder {parent} cannot be written.</source>
        <translation>Nichts kann aufbewahrt werden: In den Ordner {parent} kann nicht geschrieben werden.</translation>
    </message>
    <message>
        <source>OCR of page {page}</source>
        <translation>OCR von Seite {page}</translation>
    </message>
    <message>
        <source>Ollama answers, but has no model yet.</source>
        <translation>Ollama antwortet, hat aber noch kein Modell.</translation>
    </message>
    <message>
        <source>Only the first {count} of a mail were read.</source>
        <translation>Nur die ersten {count} einer E-Mail wurden gelesen.</translation>
    </message>
    <message>
        <source>Permission denied</source>
        <translation>Zugriff verweigert</translation>
    </message>
    <message>
        <source>Pictures among the outputs that hold no text: {pictures}.</source>
        <translation>Bilder unter den Ausgaben, die keinen Text enthalten: {pictures}.</translation>
    </message>
    <message>
        <source>Pictures, fonts and styles within a page, which hold no text, left out.</source>
        <translation>Bilder, Schriften und Stile in einer Seite, die keinen Text enthalten, ausgelassen.</translation>
    </message>
    <message>
        <source>Provider {name}</source>
        <translation>Anbieter {name}</translation>
    </message>
    <message>
        <source>Providers</source>
        <translation>Anbieter</translation>
    </message>
    <message>
        <source>PySide6 {pyside} crashes below Python 3.12. Install &apos;PySide6-Essentials&gt;=6.11.3,&lt;6.12&apos;, or use Python 3.12 or newer.</source>
        <translation>PySide6 {pyside} stürzt mit Python vor 3.12 ab. Installieren Sie &apos;PySide6-Essentials&gt;=6.11.3,&lt;6.12&apos;, oder benutzen Sie Python 3.12 oder neuer.</translation>
    </message>
    <message>
        <source>Qt lacks these libraries of the system: {join}. On Debian and Ubuntu they are installed by: sudo apt-get install {packages}</source>
        <translation>Qt fehlen diese Bibliotheken des Systems: {join}. Unter Debian und Ubuntu installiert sie: sudo apt-get install {packages}</translation>
    </message>
    <message>
        <source>REPL workers cannot be confined here, so real Python is refused</source>
        <translation>REPL-Prozesse lassen sich hier nicht einschließen, daher wird echtes Python verweigert</translation>
    </message>
    <message>
        <source>REPL workers cannot be confined: {error}.</source>
        <translation>REPL-Prozesse lassen sich nicht einschließen: {error}.</translation>
    </message>
    <message>
        <source>Read-only file system</source>
        <translation>das Dateisystem ist schreibgeschützt</translation>
    </message>
    <message>
        <source>Requests before the cut whose use is not known: {unknown}. They count by an estimate.</source>
        <translation>Anfragen vor der Unterbrechung, deren Verbrauch nicht bekannt ist: {unknown}. Sie zählen mit einer Schätzung.</translation>
    </message>
    <message>
        <source>See that the server runs and that host and port of the base URL are right.</source>
        <translation>Prüfen Sie, ob der Server läuft und ob Rechner und Port der Basis-URL stimmen.</translation>
    </message>
    <message>
        <source>See that this is the address of an OpenAI-compatible server, and try again.</source>
        <translation>Prüfen Sie, ob dies die Adresse eines OpenAI-kompatiblen Servers ist, und versuchen Sie es noch einmal.</translation>
    </message>
    <message>
        <source>See that this machine is on the network. If a proxy leads out of it, enter it for this provider.</source>
        <translation>Prüfen Sie, ob dieser Rechner mit dem Netz verbunden ist. Führt ein Proxy hinaus, tragen Sie ihn bei diesem Anbieter ein.</translation>
    </message>
    <message>
        <source>See whether the address wants http:// or https://, and whether this machine&apos;s date and its certificates are right. Companies often need their own certificate: set SSL_CERT_FILE to it.</source>
        <translation>Prüfen Sie, ob die Adresse http:// oder https:// verlangt und ob Datum und Zertifikate dieses Rechners stimmen. Firmen brauchen oft ihr eigenes Zertifikat: Setzen Sie SSL_CERT_FILE darauf.</translation>
    </message>
    <message>
        <source>Settings</source>
        <translation>Einstellungen</translation>
    </message>
    <message>
        <source>Some events of a run, or a document, could not be kept in the history: {reason}.</source>
        <translation>Einige Ereignisse eines Laufs oder ein Dokument konnten nicht im Verlauf behalten werden: {reason}.</translation>
    </message>
    <message>
        <source>Somebody removed the file {name} while the history was open, and it cannot be written anew: {reason}. What was in it is kept until it can be; do not close the program before.</source>
        <translation>Jemand hat die Datei {name} entfernt, während der Verlauf offen war, und sie kann nicht neu geschrieben werden: {reason}. Was darin war, wird aufbewahrt, bis das geht; schließen Sie das Programm nicht vorher.</translation>
    </message>
    <message>
        <source>Somebody removed the file {name} while the history was open. Unless another one was put in its place, it is written anew. Close the program before you remove it.</source>
        <translation>Jemand hat die Datei {name} entfernt, während der Verlauf geöffnet war. Wenn keine andere an ihre Stelle gesetzt wurde, wird sie neu geschrieben. Schließen Sie das Programm, bevor Sie sie entfernen.</translation>
    </message>
    <message>
        <source>Somebody removed the file {name}-wal while the history was open. What was in it is kept; do not remove it again.</source>
        <translation>Jemand hat die Datei {name}-wal entfernt, während der Verlauf geöffnet war. Was darin stand, ist erhalten; entfernen Sie sie nicht noch einmal.</translation>
    </message>
    <message>
        <source>Start {is_local} on this machine, or correct the port.</source>
        <translation>Starten Sie {is_local} auf diesem Rechner, oder berichtigen Sie den Port.</translation>
    </message>
    <message>
        <source>Strict mode needs the library pydantic-monty: pip install pydantic-monty, or on Debian and Ubuntu install the package rlm-desktop-libraries.</source>
        <translation>Der strenge Modus braucht die Bibliothek pydantic-monty: pip install pydantic-monty, unter Debian und Ubuntu das Paket rlm-desktop-libraries.</translation>
    </message>
    <message>
        <source>Tesseract could not read {count}: {why}</source>
        <translation>Tesseract konnte {count} nicht lesen: {why}</translation>
    </message>
    <message>
        <source>The API key has a character that no key has: a space, a line end or a letter with marks.</source>
        <translation>Der API-Schlüssel hat ein Zeichen, das kein Schlüssel hat: ein Leerzeichen, ein Zeilenende oder einen Buchstaben mit Akzent.</translation>
    </message>
    <message>
        <source>The API key was refused; check it</source>
        <translation>Der API-Schlüssel wurde abgelehnt; prüfen Sie ihn</translation>
    </message>
    <message>
        <source>The REPL host is closed.</source>
        <translation>Der REPL-Dienst ist geschlossen.</translation>
    </message>
    <message>
        <source>The REPL is closed.</source>
        <translation>Die REPL ist geschlossen.</translation>
    </message>
    <message>
        <source>The REPL worker could not be confined: {reason}.</source>
        <translation>Der REPL-Prozess konnte nicht eingeschlossen werden: {reason}.</translation>
    </message>
    <message>
        <source>The REPL worker did not start in time.</source>
        <translation>Der REPL-Prozess startete nicht rechtzeitig.</translation>
    </message>
    <message>
        <source>The REPL worker was closed.</source>
        <translation>Der REPL-Prozess wurde geschlossen.</translation>
    </message>
    <message>
        <source>The REPL worker was lost: {kill_reason}.</source>
        <translation>Der REPL-Prozess ging verloren: {kill_reason}.</translation>
    </message>
    <message>
        <source>The account has no credit</source>
        <translation>Das Konto hat kein Guthaben</translation>
    </message>
    <message>
        <source>The address {address} needs a driver that is not installed ({error}).</source>
        <translation>Die Adresse {address} braucht einen Treiber, der nicht installiert ist ({error}).</translation>
    </message>
    <message>
        <source>The base URL {url} is not a web address: it must begin with http:// or https://, as in http://localhost:11434/v1.</source>
        <translation>Die Basis-URL {url} ist keine Webadresse: Sie muss mit http:// oder https:// beginnen, wie http://localhost:11434/v1.</translation>
    </message>
    <message>
        <source>The budget lacks what was spent before the cut on models without a known price: {models}.</source>
        <translation>Im Budget fehlt, was vor der Unterbrechung für Modelle ohne bekannten Preis ausgegeben wurde: {models}.</translation>
    </message>
    <message>
        <source>The command line works without.</source>
        <translation>Die Befehlszeile kommt ohne aus.</translation>
    </message>
    <message>
        <source>The concurrency of a provider must be from 1 to 10,000 requests.</source>
        <translation>Die gleichzeitigen Anfragen eines Anbieters müssen zwischen 1 und 10.000 liegen.</translation>
    </message>
    <message>
        <source>The connection to {url} broke off in the middle of the response.</source>
        <translation>Die Verbindung zu {url} brach mitten in der Modellantwort ab.</translation>
    </message>
    <message>
        <source>The connection to {url} failed: it is not secure ({cause})</source>
        <translation>Die Verbindung zu {url} schlug fehl: Sie ist nicht sicher ({cause})</translation>
    </message>
    <message>
        <source>The connection to {url} failed: it was refused, nothing listens there</source>
        <translation>Die Verbindung zu {url} schlug fehl: Sie wurde abgelehnt, dort antwortet niemand</translation>
    </message>
    <message>
        <source>The connection to {url} failed: there is no such host ({cause})</source>
        <translation>Die Verbindung zu {url} schlug fehl: Einen solchen Rechner gibt es nicht ({cause})</translation>
    </message>
    <message>
        <source>The connection to {url} failed: {last_words}</source>
        <translation>Die Verbindung zu {url} schlug fehl: {last_words}</translation>
    </message>
    <message>
        <source>The context of this run came from a program, not from documents, and is not kept: only that program can continue it, with RLM.start(past=...).</source>
        <translation>Der Kontext dieses Laufs kam von einem Programm, nicht aus Dokumenten, und ist nicht aufbewahrt: Nur jenes Programm kann ihn fortsetzen, mit RLM.start(past=...).</translation>
    </message>
    <message>
        <source>The conversation of about {tokens} tokens was replaced by a summary.</source>
        <translation>Das Gespräch von etwa {tokens} Tokens wurde durch eine Zusammenfassung ersetzt.</translation>
    </message>
    <message>
        <source>The copy {copy} cannot be deleted: {reason}.</source>
        <translation>Die Kopie {copy} kann nicht gelöscht werden: {reason}.</translation>
    </message>
    <message>
        <source>The copy {target} cannot be written: {reason}.</source>
        <translation>Die Kopie {target} lässt sich nicht schreiben: {reason}.</translation>
    </message>
    <message>
        <source>The documents of this session are not kept any more: name them again with documents= or context=.</source>
        <translation>Die Dokumente dieser Sitzung sind nicht mehr da: Nennen Sie sie noch einmal mit documents= oder context=.</translation>
    </message>
    <message>
        <source>The environment variable {variable} is wrong. {error}</source>
        <translation>Die Umgebungsvariable {variable} ist falsch. {error}</translation>
    </message>
    <message>
        <source>The file {log} does not lie beside the history: what was written last may be lost.</source>
        <translation>Die Datei {log} liegt nicht neben dem Verlauf: Was zuletzt geschrieben wurde, kann verloren sein.</translation>
    </message>
    <message>
        <source>The file {log} was removed or cut off: what was written to the history last is lost.</source>
        <translation>Die Datei {log} wurde entfernt oder abgeschnitten: Was zuletzt in den Verlauf geschrieben wurde, ist verloren.</translation>
    </message>
    <message>
        <source>The file {name} was removed while the history was open.</source>
        <translation>Die Datei {name} wurde entfernt, während der Verlauf geöffnet war.</translation>
    </message>
    <message>
        <source>The folder {parent} cannot be made: {strerror}.</source>
        <translation>Der Ordner {parent} lässt sich nicht anlegen: {strerror}.</translation>
    </message>
    <message>
        <source>The header {name} looks like a secret, which is not kept in the settings file. Put it into an environment variable, and write ${{NAME}} here.</source>
        <translation>Der Header {name} sieht nach einem Geheimnis aus; es wird nicht in der Einstellungsdatei gespeichert. Legen Sie es in eine Umgebungsvariable, und schreiben Sie hier ${{NAME}}.</translation>
    </message>
    <message>
        <source>The headers of a provider must be names with texts.</source>
        <translation>Die Header eines Anbieters müssen Namen mit Texten sein.</translation>
    </message>
    <message>
        <source>The history is closed.</source>
        <translation>Der Verlauf ist geschlossen.</translation>
    </message>
    <message>
        <source>The history is written again; nothing was lost.</source>
        <translation>Der Verlauf wird wieder geschrieben; nichts ging verloren.</translation>
    </message>
    <message>
        <source>The history was damaged. It is kept as {aside}; {what}.</source>
        <translation>Der Verlauf war beschädigt. Er ist als {aside} aufbewahrt; {what}.</translation>
    </message>
    <message>
        <source>The history {name} cannot be {action}: {reason}.</source>
        <translation>Der Verlauf {name} kann nicht {action} werden: {reason}.</translation>
    </message>
    <message>
        <source>The history {name} is brought into this version&apos;s form, which may take a while.</source>
        <translation>Der Verlauf {name} wird in die Form dieser Version gebracht, was eine Weile dauern kann.</translation>
    </message>
    <message>
        <source>The history {name} was written by a newer version of RLM Desktop (its form is {version}, this version knows up to {HEAD}). Install the newer version, or choose another data folder by RLM_DESKTOP_HOME.</source>
        <translation>Der Verlauf {name} wurde von einer neueren Version von RLM Desktop geschrieben (seine Form ist {version}, diese Version kennt nur bis {HEAD}). Installieren Sie die neuere Version, oder wählen Sie mit RLM_DESKTOP_HOME einen anderen Datenordner.</translation>
    </message>
    <message>
        <source>The history {path} cannot be opened: {reason}.</source>
        <translation>Der Verlauf {path} lässt sich nicht öffnen: {reason}.</translation>
    </message>
    <message>
        <source>The history {path} is damaged, and no other can be put in its place: {reason}.</source>
        <translation>Der Verlauf {path} ist beschädigt, und kein anderer kann an seine Stelle gesetzt werden: {reason}.</translation>
    </message>
    <message>
        <source>The history {path} must be brought from form {version} to {HEAD}, but no copy of it can be made: {reason}.</source>
        <translation>Der Verlauf {path} muss von Form {version} auf {HEAD} gebracht werden, aber er lässt sich nicht kopieren: {reason}.</translation>
    </message>
    <message>
        <source>The history {place} lies on a server; it is {action} with the server&apos;s tools.</source>
        <translation>Der Verlauf {place} liegt auf einem Server; mit dessen Werkzeugen wird er {action}.</translation>
    </message>
    <message>
        <source>The import cannot be written yet. {trouble}</source>
        <translation>Der Import kann noch nicht geschrieben werden. {trouble}</translation>
    </message>
    <message>
        <source>The key may not use this model</source>
        <translation>Der Schlüssel darf dieses Modell nicht benutzen</translation>
    </message>
    <message>
        <source>The kind &quot;{kind}&quot; of a provider is not known: use one of {join}.</source>
        <translation>Die Art „{kind}“ eines Anbieters ist nicht bekannt: Nehmen Sie eine von {join}.</translation>
    </message>
    <message>
        <source>The library {name}, which REPL workers are set to offer, is not installed.</source>
        <translation>Die Bibliothek {name}, die REPL-Prozesse anbieten sollen, ist nicht installiert.</translation>
    </message>
    <message>
        <source>The library {name}, which REPL workers are set to offer, is not installed: pip install {name}.</source>
        <translation>Die Bibliothek {name}, die REPL-Prozesse anbieten sollen, ist nicht installiert: pip install {name}.</translation>
    </message>
    <message>
        <source>The limit {name} must be a positive number or None, not {value}.</source>
        <translation>Die Grenze {name} muss eine positive Zahl oder None sein, nicht {value}.</translation>
    </message>
    <message>
        <source>The model gave no summary: the conversation stays as it is.</source>
        <translation>Das Modell gab keine Zusammenfassung: Das Gespräch bleibt, wie es ist.</translation>
    </message>
    <message>
        <source>The name &quot;{name}&quot; is there twice.</source>
        <translation>Der Name „{name}“ kommt zweimal vor.</translation>
    </message>
    <message>
        <source>The pattern of the secret {name} is no regular expression: {error}.</source>
        <translation>Das Muster des Geheimnisses {name} ist kein regulärer Ausdruck: {error}.</translation>
    </message>
    <message>
        <source>The place &quot;{key}&quot; of a key is not known: use one of {join}.</source>
        <translation>Der Ort „{key}“ eines Schlüssels ist nicht bekannt: Nehmen Sie einen von {join}.</translation>
    </message>
    <message>
        <source>The preset cannot be written to {path}: {strerror}.</source>
        <translation>Die Vorlage lässt sich nicht nach {path} schreiben: {strerror}.</translation>
    </message>
    <message>
        <source>The preset {path} cannot be deleted: {strerror}.</source>
        <translation>Die Vorlage {path} lässt sich nicht löschen: {strerror}.</translation>
    </message>
    <message>
        <source>The prices cannot be written to {path}: {strerror}.</source>
        <translation>Die Preise lassen sich nicht nach {path} schreiben: {strerror}.</translation>
    </message>
    <message>
        <source>The process that starts REPL workers did not answer.</source>
        <translation>Der Prozess, der REPL-Prozesse startet, antwortete nicht.</translation>
    </message>
    <message>
        <source>The process that starts REPL workers has ended.</source>
        <translation>Der Prozess, der REPL-Prozesse startet, ist beendet.</translation>
    </message>
    <message>
        <source>The process that starts REPL workers has ended: {error}</source>
        <translation>Der Prozess, der REPL-Prozesse startet, ist beendet: {error}</translation>
    </message>
    <message>
        <source>The process that starts REPL workers was closed.</source>
        <translation>Der Prozess, der REPL-Prozesse startet, wurde geschlossen.</translation>
    </message>
    <message>
        <source>The provider {name} cannot be used: {fault}</source>
        <translation>Der Anbieter {name} lässt sich nicht benutzen: {fault}</translation>
    </message>
    <message>
        <source>The proxy on the way to {url} could not be used: {cause}</source>
        <translation>Der Proxy auf dem Weg zu {url} ließ sich nicht benutzen: {cause}</translation>
    </message>
    <message>
        <source>The proxy wants a password</source>
        <translation>Der Proxy verlangt ein Passwort</translation>
    </message>
    <message>
        <source>The proxy {proxy} is no HTTP proxy&apos;s address, as in http://proxy.example.org:3128.</source>
        <translation>Der Proxy {proxy} ist keine Adresse eines HTTP-Proxys, wie http://proxy.example.org:3128.</translation>
    </message>
    <message>
        <source>The question is empty: say what you want to know.</source>
        <translation>Die Frage ist leer: Sagen Sie, was Sie wissen möchten.</translation>
    </message>
    <message>
        <source>The rate limit is reached</source>
        <translation>Das Anfragelimit ist erreicht</translation>
    </message>
    <message>
        <source>The request is too large for the model</source>
        <translation>Die Anfrage ist zu groß für das Modell</translation>
    </message>
    <message>
        <source>The request is too large for the server</source>
        <translation>Die Anfrage ist zu groß für den Server</translation>
    </message>
    <message>
        <source>The results of functions are longer than {KEPT_OF_ALL} characters together. Those to come are not kept: a run that goes on from this one calls the functions again.</source>
        <translation>Die Ergebnisse von Funktionen sind zusammen länger als {KEPT_OF_ALL} Zeichen. Weitere werden nicht aufbewahrt: Ein Lauf, der von diesem aus weitergeht, ruft die Funktionen noch einmal auf.</translation>
    </message>
    <message>
        <source>The run ended without an answer: {end_state}.</source>
        <translation>Der Lauf endete ohne Antwort: {end_state}.</translation>
    </message>
    <message>
        <source>The run has {done} iterations; it can be forked at 1 to {done2}, not at {iteration}.</source>
        <translation>Der Lauf hat {done} Iterationen; abzweigen lässt er sich bei 1 bis {done2}, nicht bei {iteration}.</translation>
    </message>
    <message>
        <source>The run made all model requests that it may: {max_calls}.</source>
        <translation>Der Lauf hat alle Modellanfragen gestellt, die er stellen darf: {max_calls}.</translation>
    </message>
    <message>
        <source>The run took its {timeout} seconds, {seconds_before} of them before it was resumed.</source>
        <translation>Der Lauf hat seine {timeout} Sekunden verbraucht, davon {seconds_before} vor der Fortsetzung.</translation>
    </message>
    <message>
        <source>The run took its {timeout} seconds.</source>
        <translation>Der Lauf hat seine {timeout} Sekunden verbraucht.</translation>
    </message>
    <message>
        <source>The server answered with a web page: is the base URL right?</source>
        <translation>Der Server antwortete mit einer Webseite: Stimmt die Basis-URL?</translation>
    </message>
    <message>
        <source>The server asks to wait {retry_after} seconds: {error}. Try again later.</source>
        <translation>Der Server verlangt, {retry_after} Sekunden zu warten: {error}. Versuchen Sie es später noch einmal.</translation>
    </message>
    <message>
        <source>The server counted {counted} input tokens where about {tokens} were sent: it probably cut the prompt to its window without saying so. Raise the server&apos;s context size or send smaller pieces.</source>
        <translation>Der Server hat {counted} Eingabe-Tokens gezählt, gesendet wurden etwa {tokens}: Er hat den Prompt wohl auf sein Kontextfenster gekürzt, ohne es zu sagen. Vergrößern Sie das Kontextfenster des Servers, oder senden Sie kleinere Stücke.</translation>
    </message>
    <message>
        <source>The server does not know this model</source>
        <translation>Der Server kennt dieses Modell nicht</translation>
    </message>
    <message>
        <source>The server does not know this model or address</source>
        <translation>Der Server kennt dieses Modell oder diese Adresse nicht</translation>
    </message>
    <message>
        <source>The server has a fault of its own: try again later.</source>
        <translation>Der Server hat selbst einen Fehler: Versuchen Sie es später noch einmal.</translation>
    </message>
    <message>
        <source>The server may be loading the model: try again, or raise the provider&apos;s timeout.</source>
        <translation>Vielleicht lädt der Server das Modell gerade: Versuchen Sie es noch einmal, oder erhöhen Sie die Zeitgrenze des Anbieters.</translation>
    </message>
    <message>
        <source>The server refused the request</source>
        <translation>Der Server lehnte die Anfrage ab</translation>
    </message>
    <message>
        <source>The server refused: {text}</source>
        <translation>Der Server lehnte ab: {text}</translation>
    </message>
    <message>
        <source>The server sends requests elsewhere</source>
        <translation>Der Server schickt Anfragen woandershin</translation>
    </message>
    <message>
        <source>The server wants https:// in its address</source>
        <translation>Der Server verlangt https:// in seiner Adresse</translation>
    </message>
    <message>
        <source>The server&apos;s answer holds no vectors: has it an embedding model?</source>
        <translation>Die Antwort des Servers enthält keine Vektoren: Hat er ein Embedding-Modell?</translation>
    </message>
    <message>
        <source>The server&apos;s list of models cannot be read.</source>
        <translation>Die Modellliste des Servers ist nicht lesbar.</translation>
    </message>
    <message>
        <source>The server&apos;s list of models cannot be read: is this an OpenAI-compatible server?</source>
        <translation>Die Modellliste des Servers ist nicht lesbar: Ist es ein OpenAI-kompatibler Server?</translation>
    </message>
    <message>
        <source>The server&apos;s list of models is far too long.</source>
        <translation>Die Modellliste des Servers ist viel zu lang.</translation>
    </message>
    <message>
        <source>The server&apos;s response broke off before its end.</source>
        <translation>Die Antwort des Servers brach vor ihrem Ende ab.</translation>
    </message>
    <message>
        <source>The server&apos;s response cannot be read ({error}): {shown}</source>
        <translation>Die Antwort des Servers ist nicht lesbar ({error}): {shown}</translation>
    </message>
    <message>
        <source>The server&apos;s response holds no answer (no choices).</source>
        <translation>Die Antwort des Servers enthält nichts („no choices“).</translation>
    </message>
    <message>
        <source>The server&apos;s response holds no answer (no choices): {said}</source>
        <translation>Die Antwort des Servers enthält nichts („no choices“): {said}</translation>
    </message>
    <message>
        <source>The server&apos;s response is longer than {MAX_REPLY} bytes.</source>
        <translation>Die Antwort des Servers ist länger als {MAX_REPLY} Byte.</translation>
    </message>
    <message>
        <source>The setting database is &quot;{address}&quot;, which is not allowed. Allowed is the address of a database, as in &quot;postgresql://name@server/history&quot;.</source>
        <translation>Die Einstellung database ist &quot;{address}&quot;, was nicht erlaubt ist. Erlaubt ist die Adresse einer Datenbank, wie in &quot;postgresql://name@server/history&quot;.</translation>
    </message>
    <message>
        <source>The setting database must not hold a password, which would be kept as it is. Put it into the variable PGPASSWORD or the file ~/.pgpass.</source>
        <translation>Die Einstellung database darf kein Passwort enthalten, das so, wie es ist, aufbewahrt würde. Schreiben Sie es in die Variable PGPASSWORD oder die Datei ~/.pgpass.</translation>
    </message>
    <message>
        <source>The setting models_by_depth is &quot;{text}&quot;, which is not allowed. Allowed is a list of depths with their models, as in &quot;1=openai/gpt-5-mini, 2=local/qwen3&quot;.</source>
        <translation>Die Einstellung models_by_depth ist „{text}“; das ist nicht erlaubt. Erlaubt ist eine Liste von Tiefen mit ihren Modellen, wie &quot;1=openai/gpt-5-mini, 2=local/qwen3&quot;.</translation>
    </message>
    <message>
        <source>The setting secret_patterns has the line &quot;{line}&quot;, which is not allowed. Allowed is a name with a regular expression that fits some text, as in &quot;badge = B-[0-9]+&quot;.</source>
        <translation>Die Einstellung secret_patterns hat die Zeile &quot;{line}&quot;, die nicht erlaubt ist. Erlaubt ist ein Name mit einem regulären Ausdruck, der auf einen Text passt, wie in &quot;badge = B-[0-9]+&quot;.</translation>
    </message>
    <message>
        <source>The setting {name} is {shown}, which is not allowed. Allowed is {allowed_text}.</source>
        <translation>Die Einstellung {name} ist {shown}; das ist nicht erlaubt. Erlaubt ist {allowed_text}.</translation>
    </message>
    <message>
        <source>The settings cannot be read: {strerror}.</source>
        <translation>Die Einstellungen lassen sich nicht lesen: {strerror}.</translation>
    </message>
    <message>
        <source>The settings cannot be written to {path}: {strerror}. Until this is mended, changes are not kept.</source>
        <translation>Die Einstellungen lassen sich nicht nach {path} schreiben: {strerror}. Bis das behoben ist, werden Änderungen nicht behalten.</translation>
    </message>
    <message>
        <source>The settings file is not valid TOML: {error}.</source>
        <translation>Die Einstellungsdatei ist kein gültiges TOML: {error}.</translation>
    </message>
    <message>
        <source>The sheet “{name}” is hidden in the workbook; it was read too.</source>
        <translation>Das Blatt „{name}“ ist in der Mappe ausgeblendet; es wurde auch gelesen.</translation>
    </message>
    <message>
        <source>The sheet “{name}” is too large to be read: it was left out.</source>
        <translation>Das Blatt „{name}“ ist zu groß, um gelesen zu werden: Es wurde ausgelassen.</translation>
    </message>
    <message>
        <source>The sheet “{name}” is very large: its empty rows and columns were left out.</source>
        <translation>Das Blatt „{name}“ ist sehr groß: Seine leeren Zeilen und Spalten wurden ausgelassen.</translation>
    </message>
    <message>
        <source>The strict interpreter could not be started: {error}</source>
        <translation>Der strenge Interpreter konnte nicht gestartet werden: {error}</translation>
    </message>
    <message>
        <source>The system&apos;s key store did not answer within {seconds} seconds: perhaps it waits for its password. Unlock it, or keep the key until the program ends.</source>
        <translation>Der Schlüsselspeicher des Systems antwortete nicht binnen {seconds} Sekunden: Vielleicht wartet er auf sein Passwort. Entsperren Sie ihn, oder behalten Sie den Schlüssel bis zum Programmende.</translation>
    </message>
    <message>
        <source>The system&apos;s key store refused ({name}). Unlock it, keep the key until the program ends, or put it into an environment variable.</source>
        <translation>Der Schlüsselspeicher des Systems lehnte ab ({name}). Entsperren Sie ihn, behalten Sie den Schlüssel bis zum Programmende, oder legen Sie ihn in eine Umgebungsvariable.</translation>
    </message>
    <message>
        <source>The text of {name} is not in the history, and without it the run cannot be continued.</source>
        <translation>Der Text von {name} ist nicht im Verlauf; ohne ihn lässt sich der Lauf nicht fortsetzen.</translation>
    </message>
    <message>
        <source>The timeout of a provider must be from 1 to 86,400 seconds.</source>
        <translation>Die Zeitgrenze eines Anbieters muss zwischen 1 und 86.400 Sekunden liegen.</translation>
    </message>
    <message>
        <source>The turns of history= hold texts, numbers, lists and dicts, nothing else: {why}.</source>
        <translation>Die Runden von history= bestehen aus Texten, Zahlen, Listen und Dicts, aus nichts anderem: {why}.</translation>
    </message>
    <message>
        <source>The value of the header {name} holds a character that headers cannot have.</source>
        <translation>Der Wert des Headers {name} hat ein Zeichen, das Header nicht haben dürfen.</translation>
    </message>
    <message>
        <source>The value {name} must be text, numbers, lists and dicts: {why}.</source>
        <translation>Der Wert {name} muss aus Texten, Zahlen, Listen und Dicts bestehen: {why}.</translation>
    </message>
    <message>
        <source>There is no display here: DISPLAY and WAYLAND_DISPLAY are not set. Start it from a desktop session.</source>
        <translation>Hier gibt es keinen Bildschirm: DISPLAY und WAYLAND_DISPLAY sind nicht gesetzt. Starten Sie aus einer Desktop-Sitzung.</translation>
    </message>
    <message>
        <source>There is no export {key}. There are: {join}.</source>
        <translation>Es gibt keinen Export {key}. Es gibt: {join}.</translation>
    </message>
    <message>
        <source>There is no home folder here for settings and history: set RLM_DESKTOP_HOME to a folder.</source>
        <translation>Hier gibt es keinen Benutzerordner für Einstellungen und Verlauf: Setzen Sie RLM_DESKTOP_HOME auf einen Ordner.</translation>
    </message>
    <message>
        <source>There is no provider {before}, which the model {model} names. Add it under Settings &gt; Providers, or choose a model of {name}.</source>
        <translation>Den Anbieter {before}, den das Modell {model} nennt, gibt es nicht. Fügen Sie ihn unter Einstellungen &gt; Anbieter hinzu, oder wählen Sie ein Modell von {name}.</translation>
    </message>
    <message>
        <source>There is no run {run_id} in the history.</source>
        <translation>Im Verlauf gibt es keinen Lauf {run_id}.</translation>
    </message>
    <message>
        <source>There is no session {session_id} in the history.</source>
        <translation>Im Verlauf gibt es keine Sitzung {session_id}.</translation>
    </message>
    <message>
        <source>There is no setting {name}. The settings are: {join}.</source>
        <translation>Es gibt keine Einstellung {name}. Die Einstellungen sind: {join}.</translation>
    </message>
    <message>
        <source>There is no variable {name} in the REPL that can be an answer.</source>
        <translation>In der REPL gibt es keine Variable {name}, die eine Antwort sein kann.</translation>
    </message>
    <message>
        <source>There is no {what} {some} in the history.</source>
        <translation>Im Verlauf gibt es {what} {some} nicht.</translation>
    </message>
    <message>
        <source>These events are no run: it begins with RunStarted.</source>
        <translation>Diese Ereignisse sind kein Lauf: Er beginnt mit RunStarted.</translation>
    </message>
    <message>
        <source>This has not been proven on this platform yet. Each worker tests itself before it takes code, and is refused when the test finds a gap.</source>
        <translation>Auf diesem System ist das noch nicht erwiesen. Jeder Prozess prüft sich selbst, bevor er Code annimmt, und wird abgewiesen, wenn die Prüfung eine Lücke findet.</translation>
    </message>
    <message>
        <source>This is no preset: it is not valid TOML ({error}).</source>
        <translation>Das ist keine Vorlage: Es ist kein gültiges TOML ({error}).</translation>
    </message>
    <message>
        <source>This is no preset: it needs a name and a table [settings].</source>
        <translation>Das ist keine Vorlage: Sie braucht einen Namen und eine Tabelle [settings].</translation>
    </message>
    <message>
        <source>This run completed; there is nothing to resume. It can be forked at an iteration.</source>
        <translation>Dieser Lauf ist fertig; es gibt nichts fortzusetzen. Bei einer Iteration lässt sich von ihm abzweigen.</translation>
    </message>
    <message>
        <source>This run is still going on; stop it first.</source>
        <translation>Dieser Lauf ist noch im Gang; stoppen Sie ihn zuerst.</translation>
    </message>
    <message>
        <source>This run is still going on; stop it or wait for its end.</source>
        <translation>Dieser Lauf ist noch im Gang; stoppen Sie ihn, oder warten Sie sein Ende ab.</translation>
    </message>
    <message>
        <source>This server wants an API key, and none is given. Enter one.</source>
        <translation>Dieser Server verlangt einen API-Schlüssel, und es gibt keinen. Geben Sie einen ein.</translation>
    </message>
    <message>
        <source>TimeoutError: the cell computed for longer than {timeout} s and was stopped</source>
        <translation>TimeoutError: Die Zelle rechnete länger als {timeout} s und wurde gestoppt</translation>
    </message>
    <message>
        <source>Too many open files</source>
        <translation>zu viele Dateien sind offen</translation>
    </message>
    <message>
        <source>Try again. If it stays, look into the server&apos;s own log.</source>
        <translation>Versuchen Sie es noch einmal. Bleibt es dabei, sehen Sie in das Protokoll des Servers.</translation>
    </message>
    <message>
        <source>Type a model&apos;s name, and test.</source>
        <translation>Tippen Sie den Namen eines Modells, und prüfen Sie.</translation>
    </message>
    <message>
        <source>Type the name of your deployment as the model, and test.</source>
        <translation>Tippen Sie den Namen Ihrer Bereitstellung als Modell, und prüfen Sie.</translation>
    </message>
    <message>
        <source>Use strict mode (pip install pydantic-monty, or on Debian and Ubuntu the package rlm-desktop-libraries), or allow unconfined code for this one run if you trust every text that the models will read.</source>
        <translation>Nehmen Sie den strengen Modus (pip install pydantic-monty, unter Debian und Ubuntu das Paket rlm-desktop-libraries), oder erlauben Sie für diesen einen Lauf ungeschützten Code, wenn Sie jedem Text trauen, den die Modelle lesen werden.</translation>
    </message>
    <message>
        <source>Versions</source>
        <translation>Versionen</translation>
    </message>
    <message>
        <source>Wait a moment and try again. A lower concurrency of the provider avoids it.</source>
        <translation>Warten Sie einen Augenblick, und versuchen Sie es noch einmal. Weniger gleichzeitige Anfragen des Anbieters vermeiden es.</translation>
    </message>
    <message>
        <source>Without confinement REPL workers are not started on Windows.</source>
        <translation>Ohne Einschluss werden unter Windows keine REPL-Prozesse gestartet.</translation>
    </message>
    <message>
        <source>a 7-Zip archive</source>
        <translation>ein 7-Zip-Archiv</translation>
    </message>
    <message>
        <source>a BMP picture</source>
        <translation>ein BMP-Bild</translation>
    </message>
    <message>
        <source>a GIF picture</source>
        <translation>ein GIF-Bild</translation>
    </message>
    <message>
        <source>a JPEG picture</source>
        <translation>ein JPEG-Bild</translation>
    </message>
    <message>
        <source>a JSON file</source>
        <translation>eine JSON-Datei</translation>
    </message>
    <message>
        <source>a Java class or macOS program</source>
        <translation>eine Java-Klasse oder ein macOS-Programm</translation>
    </message>
    <message>
        <source>a PNG picture</source>
        <translation>ein PNG-Bild</translation>
    </message>
    <message>
        <source>a PowerPoint presentation</source>
        <translation>eine PowerPoint-Präsentation</translation>
    </message>
    <message>
        <source>a RAR archive</source>
        <translation>ein RAR-Archiv</translation>
    </message>
    <message>
        <source>a REPL worker did not run a cell: {error}</source>
        <translation>ein REPL-Prozess führte eine Zelle nicht aus: {error}</translation>
    </message>
    <message>
        <source>a TIFF picture</source>
        <translation>ein TIFF-Bild</translation>
    </message>
    <message>
        <source>a WebAssembly module</source>
        <translation>ein WebAssembly-Modul</translation>
    </message>
    <message>
        <source>a Word document</source>
        <translation>ein Word-Dokument</translation>
    </message>
    <message>
        <source>a Zstandard archive</source>
        <translation>ein Zstandard-Archiv</translation>
    </message>
    <message>
        <source>a device</source>
        <translation>ein Gerät</translation>
    </message>
    <message>
        <source>a link or a device</source>
        <translation>ein Verweis oder ein Gerät</translation>
    </message>
    <message>
        <source>a link out of the folder</source>
        <translation>ein Verweis aus dem Ordner heraus</translation>
    </message>
    <message>
        <source>a link to a folder or to nothing</source>
        <translation>ein Verweis auf einen Ordner oder ins Leere</translation>
    </message>
    <message>
        <source>a mailbox</source>
        <translation>ein Postfach</translation>
    </message>
    <message>
        <source>a message out of place</source>
        <translation>eine Nachricht am falschen Ort</translation>
    </message>
    <message>
        <source>a notebook</source>
        <translation>ein Notebook</translation>
    </message>
    <message>
        <source>a number</source>
        <translation>eine Zahl</translation>
    </message>
    <message>
        <source>a program (ELF)</source>
        <translation>ein Programm (ELF)</translation>
    </message>
    <message>
        <source>a program (Windows)</source>
        <translation>ein Programm (Windows)</translation>
    </message>
    <message>
        <source>a program (macOS)</source>
        <translation>ein Programm (macOS)</translation>
    </message>
    <message>
        <source>a program text</source>
        <translation>ein Programmtext</translation>
    </message>
    <message>
        <source>a rich text</source>
        <translation>ein RTF-Text</translation>
    </message>
    <message>
        <source>a signal ended it</source>
        <translation>ein Signal hat es beendet</translation>
    </message>
    <message>
        <source>a sound file (FLAC)</source>
        <translation>eine Tondatei (FLAC)</translation>
    </message>
    <message>
        <source>a sound file (MP3)</source>
        <translation>eine Tondatei (MP3)</translation>
    </message>
    <message>
        <source>a sound file (Ogg)</source>
        <translation>eine Tondatei (Ogg)</translation>
    </message>
    <message>
        <source>a sound, video or WebP file</source>
        <translation>eine Ton-, Video- oder WebP-Datei</translation>
    </message>
    <message>
        <source>a table in CSV</source>
        <translation>eine CSV-Tabelle</translation>
    </message>
    <message>
        <source>a text</source>
        <translation>ein Text</translation>
    </message>
    <message>
        <source>a variable that nobody asked for</source>
        <translation>eine Variable, nach der niemand fragte</translation>
    </message>
    <message>
        <source>a video or sound file (MP4)</source>
        <translation>eine Video- oder Tondatei (MP4)</translation>
    </message>
    <message>
        <source>a whole number</source>
        <translation>eine ganze Zahl</translation>
    </message>
    <message>
        <source>a winmail.dat of Outlook</source>
        <translation>eine winmail.dat von Outlook</translation>
    </message>
    <message>
        <source>a zip archive</source>
        <translation>ein Zip-Archiv</translation>
    </message>
    <message>
        <source>all that lies in the archives within the file is too much.</source>
        <translation>was in den Archiven in der Datei liegt, ist zusammen zu viel.</translation>
    </message>
    <message>
        <source>all {of} iterations are used</source>
        <translation>alle {of} Iterationen sind aufgebraucht</translation>
    </message>
    <message>
        <source>an Excel workbook</source>
        <translation>eine Excel-Mappe</translation>
    </message>
    <message>
        <source>an HTML page</source>
        <translation>eine HTML-Seite</translation>
    </message>
    <message>
        <source>an OpenDocument presentation</source>
        <translation>eine OpenDocument-Präsentation</translation>
    </message>
    <message>
        <source>an OpenDocument spreadsheet</source>
        <translation>eine OpenDocument-Tabelle</translation>
    </message>
    <message>
        <source>an OpenDocument text</source>
        <translation>ein OpenDocument-Text</translation>
    </message>
    <message>
        <source>an Outlook message</source>
        <translation>eine Outlook-Nachricht</translation>
    </message>
    <message>
        <source>an SQLite database</source>
        <translation>eine SQLite-Datenbank</translation>
    </message>
    <message>
        <source>an XML file</source>
        <translation>eine XML-Datei</translation>
    </message>
    <message>
        <source>an archive</source>
        <translation>ein Archiv</translation>
    </message>
    <message>
        <source>an e-book</source>
        <translation>ein E-Book</translation>
    </message>
    <message>
        <source>an old Office file</source>
        <translation>eine alte Office-Datei</translation>
    </message>
    <message>
        <source>another program holds it locked</source>
        <translation>ein anderes Programm hält ihn gesperrt</translation>
    </message>
    <message>
        <source>backed up</source>
        <translation>gesichert</translation>
    </message>
    <message>
        <source>bubblewrap is not installed</source>
        <translation>bubblewrap ist nicht installiert</translation>
    </message>
    <message>
        <source>cancelled before it was sent</source>
        <translation>abgebrochen, bevor sie gesendet wurde</translation>
    </message>
    <message>
        <source>cancelled in flight</source>
        <translation>unterwegs abgebrochen</translation>
    </message>
    <message>
        <source>chapter {number} of {len}</source>
        <translation>Kapitel {number} von {len}</translation>
    </message>
    <message>
        <source>chosen for this run</source>
        <translation>für diesen Lauf gewählt</translation>
    </message>
    <message>
        <source>confined (Landlock, seccomp); names and sizes of files outside can be probed</source>
        <translation>eingeschlossen (Landlock, seccomp); Namen und Größen von Dateien außerhalb lassen sich erfragen</translation>
    </message>
    <message>
        <source>confined (bubblewrap, seccomp); the kernel has no Landlock</source>
        <translation>eingeschlossen (bubblewrap, seccomp); der Kernel hat kein Landlock</translation>
    </message>
    <message>
        <source>confined by Seatbelt (experimental)</source>
        <translation>von Seatbelt eingeschlossen (in Erprobung)</translation>
    </message>
    <message>
        <source>confined by an AppContainer and a job object (experimental)</source>
        <translation>von einem AppContainer und einem Job-Objekt eingeschlossen (in Erprobung)</translation>
    </message>
    <message>
        <source>connect to TCP</source>
        <translation>TCP-Verbindungen öffnen</translation>
    </message>
    <message>
        <source>cut off at its output limit</source>
        <translation>an ihrer Ausgabegrenze abgeschnitten</translation>
    </message>
    <message>
        <source>drawing it takes more memory than allowed.</source>
        <translation>sie zu zeichnen braucht mehr Speicher als erlaubt.</translation>
    </message>
    <message>
        <source>empty</source>
        <translation>leer</translation>
    </message>
    <message>
        <source>empty ({path} does not exist yet)</source>
        <translation>leer ({path} gibt es noch nicht)</translation>
    </message>
    <message>
        <source>events refused by the history</source>
        <translation>vom Verlauf abgelehnte Ereignisse</translation>
    </message>
    <message>
        <source>files</source>
        <translation>Dateien</translation>
    </message>
    <message>
        <source>fully confined (bubblewrap, Landlock, seccomp)</source>
        <translation>vollständig eingeschlossen (bubblewrap, Landlock, seccomp)</translation>
    </message>
    <message>
        <source>hidden</source>
        <translation>versteckt</translation>
    </message>
    <message>
        <source>holds no text</source>
        <translation>enthält keinen Text</translation>
    </message>
    <message>
        <source>it aborted</source>
        <translation>er brach ab</translation>
    </message>
    <message>
        <source>it answered with a web page: is the base URL right?</source>
        <translation>er antwortete mit einer Webseite: Stimmt die Basis-URL?</translation>
    </message>
    <message>
        <source>it broke the protocol: {protocol_error}</source>
        <translation>er verletzte das Protokoll: {protocol_error}</translation>
    </message>
    <message>
        <source>it cannot be looked at: {error}.</source>
        <translation>sie lässt sich nicht ansehen: {error}.</translation>
    </message>
    <message>
        <source>it cannot be opened: {strerror}.</source>
        <translation>sie lässt sich nicht öffnen: {strerror}.</translation>
    </message>
    <message>
        <source>it cannot be started: {strerror}.</source>
        <translation>es lässt sich nicht starten: {strerror}.</translation>
    </message>
    <message>
        <source>it crashed with a bus error</source>
        <translation>er stürzte ab (Busfehler)</translation>
    </message>
    <message>
        <source>it crashed with a segmentation fault</source>
        <translation>er stürzte ab (Speicherzugriffsfehler)</translation>
    </message>
    <message>
        <source>it crashed with an arithmetic fault</source>
        <translation>er stürzte ab (Rechenfehler)</translation>
    </message>
    <message>
        <source>it crashed.</source>
        <translation>es ist abgestürzt.</translation>
    </message>
    <message>
        <source>it declares XML entities, as only files do that are made to fill the memory.</source>
        <translation>sie vereinbart XML-Entitäten, wie nur Dateien, die den Speicher füllen sollen.</translation>
    </message>
    <message>
        <source>it did not answer</source>
        <translation>er antwortete nicht</translation>
    </message>
    <message>
        <source>it did not start in time</source>
        <translation>er startete nicht rechtzeitig</translation>
    </message>
    <message>
        <source>it failed</source>
        <translation>es schlug fehl</translation>
    </message>
    <message>
        <source>it has too many rules: only the first ones were followed</source>
        <translation>es hat zu viele Regeln: nur die ersten wurden befolgt</translation>
    </message>
    <message>
        <source>it holds no readable file{total}.</source>
        <translation>es enthält keine lesbare Datei{total}.</translation>
    </message>
    <message>
        <source>it holds no text.</source>
        <translation>sie enthält keinen Text.</translation>
    </message>
    <message>
        <source>it holds {count} files; at most {MAX_MEMBERS} are read.</source>
        <translation>es enthält {count} Dateien; höchstens {MAX_MEMBERS} werden gelesen.</translation>
    </message>
    <message>
        <source>it is a PDF without pages.</source>
        <translation>es ist ein PDF ohne Seiten.</translation>
    </message>
    <message>
        <source>it is a binary file, or a text in an encoding that could not be recognised.</source>
        <translation>es ist eine Binärdatei oder ein Text in einer Kodierung, die sich nicht erkennen ließ.</translation>
    </message>
    <message>
        <source>it is a binary file, which holds no text.</source>
        <translation>es ist eine Binärdatei; sie enthält keinen Text.</translation>
    </message>
    <message>
        <source>it is a device, not a file.</source>
        <translation>es ist ein Gerät, keine Datei.</translation>
    </message>
    <message>
        <source>it is a folder, not a file.</source>
        <translation>es ist ein Ordner, keine Datei.</translation>
    </message>
    <message>
        <source>it is an old Office file of a kind that cannot be read.</source>
        <translation>es ist eine alte Office-Datei einer Art, die sich nicht lesen lässt.</translation>
    </message>
    <message>
        <source>it is an old {name}, which cannot be read; save it as {new} and add that.</source>
        <translation>es ist ein altes Format ({name}), das sich nicht lesen lässt; speichern Sie die Datei als {new}, und fügen Sie diese hinzu.</translation>
    </message>
    <message>
        <source>it is cut off: the end of the file, which lists its pages, is missing.</source>
        <translation>sie ist abgeschnitten: das Ende der Datei, in dem die Seiten verzeichnet sind, fehlt.</translation>
    </message>
    <message>
        <source>it is damaged</source>
        <translation>er ist beschädigt</translation>
    </message>
    <message>
        <source>it is damaged or made to do harm: the program that reads it crashed.</source>
        <translation>sie ist beschädigt oder soll schaden: das Programm, das sie liest, stürzte ab.</translation>
    </message>
    <message>
        <source>it is damaged: a part of it holds no XML.</source>
        <translation>sie ist beschädigt: ein Teil davon enthält kein XML.</translation>
    </message>
    <message>
        <source>it is damaged: it cannot be unpacked.</source>
        <translation>sie ist beschädigt: sie lässt sich nicht entpacken.</translation>
    </message>
    <message>
        <source>it is damaged: it has no content.</source>
        <translation>sie ist beschädigt: sie hat keinen Inhalt.</translation>
    </message>
    <message>
        <source>it is damaged: it holds no mail.</source>
        <translation>sie ist beschädigt: sie enthält keine E-Mail.</translation>
    </message>
    <message>
        <source>it is damaged: it is cut off, and nothing of it can be read.</source>
        <translation>sie ist beschädigt: sie ist abgeschnitten, und nichts davon ist lesbar.</translation>
    </message>
    <message>
        <source>it is damaged: it is no archive that can be read.</source>
        <translation>sie ist beschädigt: sie ist kein lesbares Archiv.</translation>
    </message>
    <message>
        <source>it is damaged: its pages cannot be found.</source>
        <translation>sie ist beschädigt: ihre Seiten sind nicht zu finden.</translation>
    </message>
    <message>
        <source>it is damaged: the book has no list of its parts.</source>
        <translation>sie ist beschädigt: das Buch hat kein Verzeichnis seiner Teile.</translation>
    </message>
    <message>
        <source>it is damaged: the book lists no chapters.</source>
        <translation>sie ist beschädigt: das Buch nennt keine Kapitel.</translation>
    </message>
    <message>
        <source>it is damaged: the end of the file is missing, and nothing before it can be read.</source>
        <translation>sie ist beschädigt: das Ende der Datei fehlt, und nichts davor ist lesbar.</translation>
    </message>
    <message>
        <source>it is damaged: the list of what lies in it cannot be read.</source>
        <translation>sie ist beschädigt: das Verzeichnis ihres Inhalts ist nicht lesbar.</translation>
    </message>
    <message>
        <source>it is damaged: {first_line}.</source>
        <translation>sie ist beschädigt: {first_line}.</translation>
    </message>
    <message>
        <source>it is empty.</source>
        <translation>sie ist leer.</translation>
    </message>
    <message>
        <source>it is encrypted (digital rights management): only its seller&apos;s program reads it.</source>
        <translation>sie ist verschlüsselt (digitale Rechteverwaltung): nur das Programm des Verkäufers liest sie.</translation>
    </message>
    <message>
        <source>it is encrypted, in a way that only an office program can open: save it without.</source>
        <translation>sie ist so verschlüsselt, dass nur ein Office-Programm sie öffnen kann: speichern Sie sie unverschlüsselt.</translation>
    </message>
    <message>
        <source>it is encrypted: it needs a password.</source>
        <translation>sie ist verschlüsselt: sie braucht ein Passwort.</translation>
    </message>
    <message>
        <source>it is nested too deeply.</source>
        <translation>sie ist zu tief verschachtelt.</translation>
    </message>
    <message>
        <source>it is not a database</source>
        <translation>es ist keine Datenbank</translation>
    </message>
    <message>
        <source>it is {name}, which holds no text.</source>
        <translation>es ist {name}; darin ist kein Text.</translation>
    </message>
    <message>
        <source>it lies in {depth} other archives; only {MAX_DEPTH} are opened.</source>
        <translation>sie liegt in {depth} anderen Archiven; nur {MAX_DEPTH} werden geöffnet.</translation>
    </message>
    <message>
        <source>it made a system call of a foreign kind</source>
        <translation>er machte einen Systemaufruf fremder Art</translation>
    </message>
    <message>
        <source>it may not be written</source>
        <translation>er darf nicht geschrieben werden</translation>
    </message>
    <message>
        <source>it took longer than {SECONDS_A_PAGE} seconds.</source>
        <translation>es brauchte länger als {SECONDS_A_PAGE} Sekunden.</translation>
    </message>
    <message>
        <source>it was closed</source>
        <translation>er wurde geschlossen</translation>
    </message>
    <message>
        <source>it was interrupted</source>
        <translation>er wurde unterbrochen</translation>
    </message>
    <message>
        <source>its call was cancelled</source>
        <translation>sein Aufruf wurde abgebrochen</translation>
    </message>
    <message>
        <source>its folder does not exist, or there is no permission for it</source>
        <translation>den Ordner gibt es nicht, oder er darf nicht benutzt werden</translation>
    </message>
    <message>
        <source>its key is not in the system&apos;s key store</source>
        <translation>sein Schlüssel ist nicht im Schlüsselspeicher des Systems</translation>
    </message>
    <message>
        <source>its key was kept until the program ended</source>
        <translation>sein Schlüssel galt nur bis zum Programmende</translation>
    </message>
    <message>
        <source>its text is larger than 1,000 million characters.</source>
        <translation>ihr Text ist größer als 1.000 Millionen Zeichen.</translation>
    </message>
    <message>
        <source>its time limit</source>
        <translation>seiner Zeitgrenze</translation>
    </message>
    <message>
        <source>larger than {MAX_MEMBER} MB</source>
        <translation>größer als {MAX_MEMBER} MB</translation>
    </message>
    <message>
        <source>limits must be a Limits, as Limits(max_calls=50), not {limits}.</source>
        <translation>limits muss ein Limits sein, etwa Limits(max_calls=50), nicht {limits}.</translation>
    </message>
    <message>
        <source>made by a tool</source>
        <translation>von einem Werkzeug angelegt</translation>
    </message>
    <message>
        <source>mail {number} of {len}</source>
        <translation>E-Mail {number} von {len}</translation>
    </message>
    <message>
        <source>make a datagram pair</source>
        <translation>ein Datagramm-Paar anlegen</translation>
    </message>
    <message>
        <source>make a symbolic link</source>
        <translation>einen symbolischen Verweis anlegen</translation>
    </message>
    <message>
        <source>more than {MAX_OPEN_CALLS} calls at once</source>
        <translation>mehr als {MAX_OPEN_CALLS} Aufrufe auf einmal</translation>
    </message>
    <message>
        <source>named in .gitignore</source>
        <translation>in .gitignore genannt</translation>
    </message>
    <message>
        <source>no REPL worker can be started: {error}</source>
        <translation>es lässt sich kein REPL-Prozess starten: {error}</translation>
    </message>
    <message>
        <source>no cell is running</source>
        <translation>es läuft keine Zelle</translation>
    </message>
    <message>
        <source>no file fits this pattern.</source>
        <translation>keine Datei passt auf dieses Muster.</translation>
    </message>
    <message>
        <source>no key store of the system works{given}</source>
        <translation>kein Schlüsselspeicher des Systems funktioniert{given}</translation>
    </message>
    <message>
        <source>no limit</source>
        <translation>keine Grenze</translation>
    </message>
    <message>
        <source>none configured; the offline model needs no network</source>
        <translation>keiner eingerichtet; das Offline-Modell braucht kein Netz</translation>
    </message>
    <message>
        <source>not available</source>
        <translation>nicht verfügbar</translation>
    </message>
    <message>
        <source>not in this kernel, or switched off</source>
        <translation>nicht in diesem Kernel oder abgeschaltet</translation>
    </message>
    <message>
        <source>nothing of it could be read</source>
        <translation>nichts davon war lesbar</translation>
    </message>
    <message>
        <source>of the budget is spent</source>
        <translation>des Budgets sind ausgegeben</translation>
    </message>
    <message>
        <source>one of {words}</source>
        <translation>eines von {words}</translation>
    </message>
    <message>
        <source>open a TCP socket</source>
        <translation>einen TCP-Socket öffnen</translation>
    </message>
    <message>
        <source>open a Unix socket</source>
        <translation>einen Unix-Socket öffnen</translation>
    </message>
    <message>
        <source>output to the model</source>
        <translation>Ausgabe an das Modell</translation>
    </message>
    <message>
        <source>output= is a type that cannot be checked: {error}</source>
        <translation>output= ist ein Typ, der sich nicht prüfen lässt: {error}</translation>
    </message>
    <message>
        <source>output= is no valid JSON schema: {message}</source>
        <translation>output= ist kein gültiges JSON-Schema: {message}</translation>
    </message>
    <message>
        <source>output= refers to {reference}, which it does not hold.</source>
        <translation>output= verweist auf {reference}, enthält das aber nicht.</translation>
    </message>
    <message>
        <source>output={signature} cannot be read ({error}). Write it as in &apos;answer: str, confidence: float&apos;; the types are {join}, list[...], dict[...] and | between them.</source>
        <translation>output={signature} ist nicht lesbar ({error}). Schreiben Sie es wie in &apos;answer: str, confidence: float&apos;; die Typen sind {join}, list[...], dict[...] und | dazwischen.</translation>
    </message>
    <message>
        <source>own root, network and processes</source>
        <translation>eigene Wurzel, eigenes Netz und eigene Prozesse</translation>
    </message>
    <message>
        <source>packed or encrypted in a way that cannot be read</source>
        <translation>so gepackt oder verschlüsselt, dass es sich nicht lesen lässt</translation>
    </message>
    <message>
        <source>page {number} of {total}</source>
        <translation>Seite {number} von {total}</translation>
    </message>
    <message>
        <source>prompts of sub-calls</source>
        <translation>Prompts von Unteraufrufen</translation>
    </message>
    <message>
        <source>read</source>
        <translation>gelesen</translation>
    </message>
    <message>
        <source>reading it failed: {strerror}.</source>
        <translation>sie zu lesen schlug fehl: {strerror}.</translation>
    </message>
    <message>
        <source>reading it takes more memory than allowed.</source>
        <translation>sie zu lesen braucht mehr Speicher als erlaubt.</translation>
    </message>
    <message>
        <source>reading it took too long and was given up.</source>
        <translation>sie zu lesen dauerte zu lange und wurde aufgegeben.</translation>
    </message>
    <message>
        <source>reading it was cancelled.</source>
        <translation>das Lesen wurde abgebrochen.</translation>
    </message>
    <message>
        <source>repl_libraries must be a list of names, as [{repl_libraries}].</source>
        <translation>repl_libraries muss eine Liste von Namen sein, wie [{repl_libraries}].</translation>
    </message>
    <message>
        <source>repl_mode must be one of {join}, not {repl_mode}.</source>
        <translation>repl_mode muss eines von {join} sein, nicht {repl_mode}.</translation>
    </message>
    <message>
        <source>restored</source>
        <translation>wiederhergestellt</translation>
    </message>
    <message>
        <source>result of a cell</source>
        <translation>Ergebnis einer Zelle</translation>
    </message>
    <message>
        <source>run a program</source>
        <translation>ein Programm ausführen</translation>
    </message>
    <message>
        <source>sheet {number} of {len}</source>
        <translation>Blatt {number} von {len}</translation>
    </message>
    <message>
        <source>shrunk</source>
        <translation>verkleinert</translation>
    </message>
    <message>
        <source>signal its parent</source>
        <translation>seinem Elternprozess ein Signal schicken</translation>
    </message>
    <message>
        <source>slide {number} of {len}</source>
        <translation>Folie {number} von {len}</translation>
    </message>
    <message>
        <source>strict mode: a restricted Python interpreter (Monty), not the real one</source>
        <translation>strenger Modus: ein beschränkter Python-Interpreter (Monty), nicht der echte</translation>
    </message>
    <message>
        <source>sub_calls must be &quot;recursive&quot; or &quot;explicit&quot;, not {sub_calls}.</source>
        <translation>sub_calls muss &quot;recursive&quot; oder &quot;explicit&quot; sein, nicht {sub_calls}.</translation>
    </message>
    <message>
        <source>system calls</source>
        <translation>Systemaufrufe</translation>
    </message>
    <message>
        <source>that is no possible file name.</source>
        <translation>das ist kein möglicher Dateiname.</translation>
    </message>
    <message>
        <source>the archive is damaged</source>
        <translation>das Archiv ist beschädigt</translation>
    </message>
    <message>
        <source>the archive unpacks to too much</source>
        <translation>das Archiv entpackt sich zu zu viel</translation>
    </message>
    <message>
        <source>the call was cancelled</source>
        <translation>der Aufruf wurde abgebrochen</translation>
    </message>
    <message>
        <source>the call was stopped by the user</source>
        <translation>der Aufruf wurde von Ihnen gestoppt</translation>
    </message>
    <message>
        <source>the cell did not end within {grace} s after {what}</source>
        <translation>die Zelle endete nicht binnen {grace} s nach {what}</translation>
    </message>
    <message>
        <source>the code ended the interpreter (exit status {code})</source>
        <translation>der Code beendete den Interpreter (Exit-Status {code})</translation>
    </message>
    <message>
        <source>the defaults ({path} does not exist)</source>
        <translation>die Vorgaben ({path} gibt es nicht)</translation>
    </message>
    <message>
        <source>the desktop&apos;s own</source>
        <translation>die des Systems</translation>
    </message>
    <message>
        <source>the disk is full</source>
        <translation>der Datenträger ist voll</translation>
    </message>
    <message>
        <source>the disk reported an error</source>
        <translation>der Datenträger meldete einen Fehler</translation>
    </message>
    <message>
        <source>the end of a cell that does not run</source>
        <translation>das Ende einer Zelle, die nicht läuft</translation>
    </message>
    <message>
        <source>the file is empty.</source>
        <translation>die Datei ist leer.</translation>
    </message>
    <message>
        <source>the folder holds no file that can be read.</source>
        <translation>der Ordner enthält keine lesbare Datei.</translation>
    </message>
    <message>
        <source>the last {count} responses brought nothing new</source>
        <translation>die letzten {count} Modellantworten brachten nichts Neues</translation>
    </message>
    <message>
        <source>the list of its files has {listed} MB: it is made to fill the memory.</source>
        <translation>die Liste ihrer Dateien hat {listed} MB: sie soll den Speicher füllen.</translation>
    </message>
    <message>
        <source>the model called a tool, and there are none: {text}</source>
        <translation>das Modell hat ein Werkzeug aufgerufen, und es gibt keine: {text}</translation>
    </message>
    <message>
        <source>the model&apos;s own</source>
        <translation>wie das Modell</translation>
    </message>
    <message>
        <source>the model&apos;s response was {reason}</source>
        <translation>die Modellantwort war {reason}</translation>
    </message>
    <message>
        <source>the number of an open call was used again</source>
        <translation>die Nummer eines offenen Aufrufs wurde noch einmal benutzt</translation>
    </message>
    <message>
        <source>the password is wrong.</source>
        <translation>das Passwort ist falsch.</translation>
    </message>
    <message>
        <source>the program that reads such files does not start; install the application again.</source>
        <translation>das Programm, das solche Dateien liest, startet nicht; installieren Sie die Anwendung neu.</translation>
    </message>
    <message>
        <source>the rest</source>
        <translation>der Rest</translation>
    </message>
    <message>
        <source>the server</source>
        <translation>den Server</translation>
    </message>
    <message>
        <source>the system killed it, most likely for want of memory</source>
        <translation>das System beendete ihn, wahrscheinlich mangels Speicher</translation>
    </message>
    <message>
        <source>the system&apos;s own</source>
        <translation>die des Systems</translation>
    </message>
    <message>
        <source>their fonts do not name</source>
        <translation>ihre Schriften nicht benennen</translation>
    </message>
    <message>
        <source>there are more than {MAX_FILES} files</source>
        <translation>es sind mehr als {MAX_FILES} Dateien</translation>
    </message>
    <message>
        <source>there is no encoding named “{encoding}”.</source>
        <translation>eine Kodierung „{encoding}“ gibt es nicht.</translation>
    </message>
    <message>
        <source>there is no such file.</source>
        <translation>diese Datei gibt es nicht.</translation>
    </message>
    <message>
        <source>there is no tool {name}</source>
        <translation>ein Werkzeug {name} gibt es nicht</translation>
    </message>
    <message>
        <source>tier {tier}: {description}</source>
        <translation>Stufe {tier}: {description}</translation>
    </message>
    <message>
        <source>too many files are open in this process</source>
        <translation>in diesem Prozess sind zu viele Dateien offen</translation>
    </message>
    <message>
        <source>true or false</source>
        <translation>true oder false</translation>
    </message>
    <message>
        <source>unpacked it would be {total} MB; at most {MAX_TOTAL} MB are read.</source>
        <translation>entpackt wären es {total} MB; höchstens {MAX_TOTAL} MB werden gelesen.</translation>
    </message>
    <message>
        <source>withheld by its provider&apos;s filter</source>
        <translation>vom Filter ihres Anbieters zurückgehalten</translation>
    </message>
    <message>
        <source>without a text layer</source>
        <translation>ohne Textebene</translation>
    </message>
    <message>
        <source>write beside its folder</source>
        <translation>neben ihren Ordner schreiben</translation>
    </message>
    <message>
        <source>written</source>
        <translation>geschrieben</translation>
    </message>
    <message>
        <source>you have no permission to read it.</source>
        <translation>Sie dürfen sie nicht lesen.</translation>
    </message>
    <message>
        <source>{asked} answered in {seconds} s{found}</source>
        <translation>{asked} antwortete in {seconds} s{found}</translation>
    </message>
    <message>
        <source>{base_url} answers, {count} models</source>
        <translation>{base_url} antwortet, {count} Modelle</translation>
    </message>
    <message>
        <source>{copy} cannot be restored: {reason}.</source>
        <translation>{copy} lässt sich nicht wiederherstellen: {reason}.</translation>
    </message>
    <message>
        <source>{copy} is damaged. Import it instead: what can be read of it is taken over.</source>
        <translation>{copy} ist beschädigt. Importieren Sie die Datei stattdessen: Was davon lesbar ist, wird übernommen.</translation>
    </message>
    <message>
        <source>{copy} is no backup of a history, or it cannot be read.</source>
        <translation>{copy} ist keine Sicherung eines Verlaufs oder nicht lesbar.</translation>
    </message>
    <message>
        <source>{count} encrypted (digital rights management) and not read.</source>
        <translation>{count} verschlüsselt (digitale Rechteverwaltung) und nicht gelesen.</translation>
    </message>
    <message>
        <source>{count} in which Tesseract found no text.</source>
        <translation>{count}, auf denen Tesseract keinen Text fand.</translation>
    </message>
    <message>
        <source>{count} not listed.</source>
        <translation>{count} nicht aufgeführt.</translation>
    </message>
    <message>
        <source>{count} of an unknown font left out.</source>
        <translation>{count} einer unbekannten Schrift ausgelassen.</translation>
    </message>
    <message>
        <source>{count} of other programs within it not read.</source>
        <translation>{count} anderer Programme darin nicht gelesen.</translation>
    </message>
    <message>
        <source>{count} of {total} could not be read: {ranges}.</source>
        <translation>{count} von {total} waren nicht lesbar: {ranges}.</translation>
    </message>
    <message>
        <source>{count} of {total} with letters that their fonts do not name</source>
        <translation>{count} von {total} mit Buchstaben, die ihre Schriften nicht benennen</translation>
    </message>
    <message>
        <source>{count} of {total} without a text layer (scanned or drawn)</source>
        <translation>{count} von {total} ohne Textebene (gescannt oder gezeichnet)</translation>
    </message>
    <message>
        <source>{count} read from pictures by Tesseract: it makes mistakes.</source>
        <translation>{count} von Tesseract aus Bildern gelesen: Es macht Fehler.</translation>
    </message>
    <message>
        <source>{count} replaced by “␀”.</source>
        <translation>{count} durch „␀“ ersetzt.</translation>
    </message>
    <message>
        <source>{count} replaced by “�”.</source>
        <translation>{count} durch „�“ ersetzt.</translation>
    </message>
    <message>
        <source>{count} that cannot be decoded replaced by “�”.</source>
        <translation>{count}, die sich nicht lesen lassen, durch „�“ ersetzt.</translation>
    </message>
    <message>
        <source>{count} that cannot be {upper} replaced by “�”.</source>
        <translation>{count}, die nicht {upper} sein können, durch „�“ ersetzt.</translation>
    </message>
    <message>
        <source>{count} that its author deleted, with the changes tracked, left out.</source>
        <translation>{count}, die bei verfolgten Änderungen gelöscht wurden, ausgelassen.</translation>
    </message>
    <message>
        <source>{detail}, no PySide6</source>
        <translation>{detail}, kein PySide6</translation>
    </message>
    <message>
        <source>{errors} iterations in a row ended with an error</source>
        <translation>{errors} Iterationen nacheinander endeten mit einem Fehler</translation>
    </message>
    <message>
        <source>{error} Mend or delete the file {path}.</source>
        <translation>{error} Berichtigen oder löschen Sie die Datei {path}.</translation>
    </message>
    <message>
        <source>{free} GB free at {folder}</source>
        <translation>{free} GB frei in {folder}</translation>
    </message>
    <message>
        <source>{kept} rows of it could be read and were taken over</source>
        <translation>{kept} Zeilen davon waren lesbar und wurden übernommen</translation>
    </message>
    <message>
        <source>{key_variable} is neither in the environment nor in .env</source>
        <translation>{key_variable} steht weder in der Umgebung noch in .env</translation>
    </message>
    <message>
        <source>{label} answers, but lists no model that chats.</source>
        <translation>{label} antwortet, nennt aber kein Modell, das Gespräche führt.</translation>
    </message>
    <message>
        <source>{list} and {count} more</source>
        <translation>{list} und {count} weitere</translation>
    </message>
    <message>
        <source>{match}, which one of its headers names, is not in the environment.</source>
        <translation>{match}, das einer seiner Header nennt, steht nicht in der Umgebung.</translation>
    </message>
    <message>
        <source>{name} ({sentence})</source>
        <translation>{name} ({sentence})</translation>
    </message>
    <message>
        <source>{name} cannot be a header with the value {value}.</source>
        <translation>{name} kann mit dem Wert {value} kein Header sein.</translation>
    </message>
    <message>
        <source>{name} has {length} characters, none at {offset}</source>
        <translation>{name} hat {length} Zeichen, keines bei {offset}</translation>
    </message>
    <message>
        <source>{name} has {len} pages, not a page {number}</source>
        <translation>{name} hat {len} Seiten, keine Seite {number}</translation>
    </message>
    <message>
        <source>{name} is the database of another program. Choose another data folder.</source>
        <translation>{name} ist die Datenbank eines anderen Programms. Wählen Sie einen anderen Datenordner.</translation>
    </message>
    <message>
        <source>{name} must be 1 or more, not {number}.</source>
        <translation>{name} muss mindestens 1 sein, nicht {number}.</translation>
    </message>
    <message>
        <source>{name} must be a positive number of seconds or None, not {seconds}.</source>
        <translation>{name} muss eine positive Anzahl Sekunden oder None sein, nicht {seconds}.</translation>
    </message>
    <message>
        <source>{name} of a provider holds a character that cannot be printed.</source>
        <translation>{name} eines Anbieters hat ein Zeichen, das sich nicht darstellen lässt.</translation>
    </message>
    <message>
        <source>{name} of a provider must be a number, not {value}.</source>
        <translation>{name} eines Anbieters muss eine Zahl sein, nicht {value}.</translation>
    </message>
    <message>
        <source>{name} of a provider must be a text, not {value}.</source>
        <translation>{name} eines Anbieters muss ein Text sein, nicht {value}.</translation>
    </message>
    <message>
        <source>{name}: it is damaged or encrypted.</source>
        <translation>{name}: beschädigt oder verschlüsselt.</translation>
    </message>
    <message>
        <source>{name}: {sentence}</source>
        <translation>{name}: {sentence}</translation>
    </message>
    <message>
        <source>{number} from {low} to {high}</source>
        <translation>{number} von {low} bis {high}</translation>
    </message>
    <message>
        <source>{number} from {low} to {high}, or &quot;{NO_LIMIT}&quot; for {none_text}</source>
        <translation>{number} von {low} bis {high} oder &quot;{NO_LIMIT}&quot; für {none_text}</translation>
    </message>
    <message>
        <source>{packed} kB would unpack to {total} MB: it is made to fill the memory.</source>
        <translation>{packed} kB würden entpackt {total} MB: Die Datei soll den Speicher füllen.</translation>
    </message>
    <message>
        <source>{part}: it is damaged.</source>
        <translation>{part}: beschädigt.</translation>
    </message>
    <message>
        <source>{path} cannot be read: it is not a file.</source>
        <translation>{path} lässt sich nicht lesen: Es ist keine Datei.</translation>
    </message>
    <message>
        <source>{path} cannot be read: {strerror}.</source>
        <translation>{path} lässt sich nicht lesen: {strerror}.</translation>
    </message>
    <message>
        <source>{path} cannot be written: {strerror}.</source>
        <translation>{path} lässt sich nicht schreiben: {strerror}.</translation>
    </message>
    <message>
        <source>{path} is damaged and cannot be imported: {error}.</source>
        <translation>{path} ist beschädigt und lässt sich nicht importieren: {error}.</translation>
    </message>
    <message>
        <source>{path} is empty.</source>
        <translation>{path} ist leer.</translation>
    </message>
    <message>
        <source>{path} is neither JSON nor lines of JSON.</source>
        <translation>{path} ist weder JSON noch Zeilen von JSON.</translation>
    </message>
    <message>
        <source>{path} is nested too deeply to import.</source>
        <translation>{path} ist zu tief verschachtelt, um importiert zu werden.</translation>
    </message>
    <message>
        <source>{path} is of no kind that can be imported. Known are: {kinds}.</source>
        <translation>{path} ist von keiner Art, die sich importieren lässt. Bekannt sind: {kinds}.</translation>
    </message>
    <message>
        <source>{path} is too large to import: {size} MB, at most {LARGEST} MB.</source>
        <translation>{path} ist zu groß zum Importieren: {size} MB, höchstens {LARGEST} MB.</translation>
    </message>
    <message>
        <source>{path} was imported in part only; import it again when it can be. {trouble}</source>
        <translation>{path} wurde nur teilweise importiert; importieren Sie die Datei noch einmal, sobald es geht. {trouble}</translation>
    </message>
    <message>
        <source>{path}, {size} MB, 1 session</source>
        <translation>{path}, {size} MB, 1 Sitzung</translation>
    </message>
    <message>
        <source>{path}, {size} MB, {sessions} sessions</source>
        <translation>{path}, {size} MB, {sessions} Sitzungen</translation>
    </message>
    <message>
        <source>{place}. Enter the key under Settings &gt; Providers, or set the variable.</source>
        <translation>{place}. Geben Sie den Schlüssel unter Einstellungen &gt; Anbieter ein, oder setzen Sie die Variable.</translation>
    </message>
    <message>
        <source>{sentence} (HTTP {status}): {text}</source>
        <translation>{sentence} (HTTP {status}): {text}</translation>
    </message>
    <message>
        <source>{sentence}.</source>
        <translation>{sentence}.</translation>
    </message>
    <message>
        <source>{size} kB unpack to more than {limit} MB.</source>
        <translation>{size} kB entpacken sich zu mehr als {limit} MB.</translation>
    </message>
    <message>
        <source>{spent} and the next request costs about ${cost}.</source>
        <translation>{spent}, und die nächste Anfrage kostet etwa ${cost}.</translation>
    </message>
    <message>
        <source>{spent} of the budget is spent: ${spent2} of ${budget}. The run stops at 100%.</source>
        <translation>{spent} des Budgets sind ausgegeben: ${spent2} von ${budget}. Der Lauf endet bei 100 %.</translation>
    </message>
    <message>
        <source>{spent}, the next request costs about ${cost}, that for the best answer about ${kept}.</source>
        <translation>{spent}, die nächste Anfrage kostet etwa ${cost}, die nach der besten Antwort etwa ${kept}.</translation>
    </message>
    <message>
        <source>{target} is neither a file nor the address of a database.</source>
        <translation>{target} ist weder eine Datei noch die Adresse einer Datenbank.</translation>
    </message>
    <message>
        <source>{target} is the history itself. Choose another name for the copy.</source>
        <translation>{target} ist der Verlauf selbst. Wählen Sie einen anderen Namen für die Kopie.</translation>
    </message>
    <message>
        <source>{text} The run goes on and is kept in memory until it can be written.</source>
        <translation>{text} Der Lauf geht weiter und bleibt im Speicher, bis er geschrieben werden kann.</translation>
    </message>
    <message>
        <source>{tokens} of {most} tokens are used</source>
        <translation>{tokens} von {most} Tokens sind verbraucht</translation>
    </message>
    <message>
        <source>{used} and the next request needs about {tokens}.</source>
        <translation>{used}, und die nächste Anfrage braucht etwa {tokens}.</translation>
    </message>
    <message>
        <source>{used}, the next request needs about {tokens}, that for the best answer about {kept}.</source>
        <translation>{used}, die nächste Anfrage braucht etwa {tokens}, die nach der besten Antwort etwa {kept}.</translation>
    </message>
</context>
<context>
    <name>SessionList</name>
    <message>
        <source>{detail}, forked at iteration {number}</source>
        <translation>{detail}, abgezweigt bei Iteration {number}</translation>
    </message>
    <message>
        <source>{detail}, resumed</source>
        <translation>{detail}, fortgesetzt</translation>
    </message>
</context>
<context>
    <name>Sessions</name>
    <message>
        <source>Earlier</source>
        <translation>Früher</translation>
    </message>
    <message>
        <source>Pinned</source>
        <translation>Angeheftet</translation>
    </message>
    <message>
        <source>Untitled session</source>
        <translation>Sitzung ohne Namen</translation>
    </message>
</context>
<context>
    <name>SessionsView</name>
    <message>
        <source>Sessions</source>
        <translation>Sitzungen</translation>
    </message>
</context>
<context>
    <name>SettingField</name>
    <message>
        <source>Back to the default: {value}</source>
        <translation>Zurück zur Vorgabe: {value}</translation>
    </message>
    <message>
        <source>Reset {setting}</source>
        <translation>{setting} zurücksetzen</translation>
    </message>
    <message>
        <source>Set by {source} for this time.</source>
        <translation>Für dieses Mal durch {source} gesetzt.</translation>
    </message>
    <message>
        <source>off</source>
        <translation>aus</translation>
    </message>
    <message>
        <source>on</source>
        <translation>ein</translation>
    </message>
    <message>
        <source>the text of the program</source>
        <translation>der Text des Programms</translation>
    </message>
</context>
<context>
    <name>Settings</name>
    <message>
        <source>%</source>
        <translation>%</translation>
    </message>
    <message>
        <source>Address for updates</source>
        <translation>Adresse für Updates</translation>
    </message>
    <message>
        <source>Address of the document that names the newest version; nothing is sent to it</source>
        <translation>Adresse des Dokuments, das die neueste Version nennt; es wird nichts dorthin gesendet</translation>
    </message>
    <message>
        <source>Address of the history</source>
        <translation>Adresse des Verlaufs</translation>
    </message>
    <message>
        <source>Budget</source>
        <translation>Budget</translation>
    </message>
    <message>
        <source>Calls that may ask a model at the same time</source>
        <translation>Aufrufe, die gleichzeitig ein Modell fragen dürfen</translation>
    </message>
    <message>
        <source>Cell timeout</source>
        <translation>Zeitgrenze je Zelle</translation>
    </message>
    <message>
        <source>Cells are run by</source>
        <translation>Zellen werden ausgeführt von</translation>
    </message>
    <message>
        <source>Check for updates</source>
        <translation>Nach Updates suchen</translation>
    </message>
    <message>
        <source>Colours of the window</source>
        <translation>Farben des Fensters</translation>
    </message>
    <message>
        <source>Compact</source>
        <translation>Eng</translation>
    </message>
    <message>
        <source>Confined</source>
        <translation>Eingeschlossen</translation>
    </message>
    <message>
        <source>Dark</source>
        <translation>Dunkel</translation>
    </message>
    <message>
        <source>De</source>
        <translation>Deutsch</translation>
    </message>
    <message>
        <source>Default</source>
        <translation>Vorgabe</translation>
    </message>
    <message>
        <source>Density</source>
        <translation>Dichte</translation>
    </message>
    <message>
        <source>En</source>
        <translation>Englisch</translation>
    </message>
    <message>
        <source>Explicit</source>
        <translation>Ausdrücklich</translation>
    </message>
    <message>
        <source>Font size</source>
        <translation>Schriftgröße</translation>
    </message>
    <message>
        <source>Further secrets</source>
        <translation>Weitere Geheimnisse</translation>
    </message>
    <message>
        <source>Further secrets that no model may see; a kind on each line, as in badge = B-[0-9]+</source>
        <translation>Weitere Geheimnisse, die kein Modell sehen darf; je Zeile eine Art, wie in ausweis = A-[0-9]+</translation>
    </message>
    <message>
        <source>High</source>
        <translation>Hoch</translation>
    </message>
    <message>
        <source>How freely models choose their words</source>
        <translation>Wie frei Modelle ihre Worte wählen</translation>
    </message>
    <message>
        <source>How long reasoning models think</source>
        <translation>Wie lange denkende Modelle nachdenken</translation>
    </message>
    <message>
        <source>How much room rows and controls take</source>
        <translation>Wie viel Platz Zeilen und Bedienelemente einnehmen</translation>
    </message>
    <message>
        <source>Installed libraries that cells may import; pandas brings numpy</source>
        <translation>Installierte Bibliotheken, die Zellen importieren dürfen; pandas bringt numpy mit</translation>
    </message>
    <message>
        <source>Iterations of the root call; sub-calls get fewer by depth</source>
        <translation>Iterationen des Wurzelaufrufs; Unteraufrufe bekommen je nach Tiefe weniger</translation>
    </message>
    <message>
        <source>Iterations with an error in a row after which a call gives up</source>
        <translation>Iterationen mit Fehler in Folge, nach denen ein Aufruf aufgibt</translation>
    </message>
    <message>
        <source>Language</source>
        <translation>Sprache</translation>
    </message>
    <message>
        <source>Language of the window, from the next start on</source>
        <translation>Sprache des Fensters, ab dem nächsten Start</translation>
    </message>
    <message>
        <source>Levels of calls below the root: 1 means plain sub-calls only</source>
        <translation>Ebenen von Aufrufen unter der Wurzel: 1 heißt nur einfache Unteraufrufe</translation>
    </message>
    <message>
        <source>Libraries</source>
        <translation>Bibliotheken</translation>
    </message>
    <message>
        <source>Light</source>
        <translation>Hell</translation>
    </message>
    <message>
        <source>Longest response of a model</source>
        <translation>Längste Modellantwort</translation>
    </message>
    <message>
        <source>Longest time that one cell may compute, waiting for models not counted</source>
        <translation>Längste Rechenzeit einer Zelle, ohne das Warten auf Modelle</translation>
    </message>
    <message>
        <source>Longest time that one run may take</source>
        <translation>Längste Dauer eines Laufs</translation>
    </message>
    <message>
        <source>Look once a day, at the address for updates, whether there is a newer version</source>
        <translation>Einmal am Tag unter der Adresse für Updates nachsehen, ob es eine neuere Version gibt</translation>
    </message>
    <message>
        <source>Low</source>
        <translation>Niedrig</translation>
    </message>
    <message>
        <source>MB</source>
        <translation>MB</translation>
    </message>
    <message>
        <source>Max calls</source>
        <translation>Max. Aufrufe</translation>
    </message>
    <message>
        <source>Max concurrent calls</source>
        <translation>Max. gleichzeitige Aufrufe</translation>
    </message>
    <message>
        <source>Max consecutive errors</source>
        <translation>Max. Fehler in Folge</translation>
    </message>
    <message>
        <source>Max depth</source>
        <translation>Max. Tiefe</translation>
    </message>
    <message>
        <source>Max iterations</source>
        <translation>Max. Iterationen</translation>
    </message>
    <message>
        <source>Max output tokens</source>
        <translation>Max. Ausgabe-Tokens</translation>
    </message>
    <message>
        <source>Max tokens</source>
        <translation>Max. Tokens</translation>
    </message>
    <message>
        <source>Medium</source>
        <translation>Mittel</translation>
    </message>
    <message>
        <source>Memory limit</source>
        <translation>Speichergrenze</translation>
    </message>
    <message>
        <source>Memory that one REPL may use, beside its context</source>
        <translation>Speicher, den eine REPL neben ihrem Kontext verwenden darf</translation>
    </message>
    <message>
        <source>Minimal</source>
        <translation>Minimal</translation>
    </message>
    <message>
        <source>Model of the root call</source>
        <translation>Modell des Wurzelaufrufs</translation>
    </message>
    <message>
        <source>Model of the sub-calls; empty means the root model</source>
        <translation>Modell der Unteraufrufe; leer heißt das Wurzelmodell</translation>
    </message>
    <message>
        <source>Models by depth</source>
        <translation>Modelle nach Tiefe</translation>
    </message>
    <message>
        <source>Models of single depths, as in 2=local/qwen3, 3=local/qwen3</source>
        <translation>Modelle einzelner Tiefen, wie 2=local/qwen3, 3=local/qwen3</translation>
    </message>
    <message>
        <source>Most calls that one run may make</source>
        <translation>Höchstzahl der Aufrufe eines Laufs</translation>
    </message>
    <message>
        <source>Most that one run may cost</source>
        <translation>Höchste Kosten eines Laufs</translation>
    </message>
    <message>
        <source>Most tokens that one run may use, read and written</source>
        <translation>Höchstzahl der Tokens eines Laufs, gelesene und geschriebene</translation>
    </message>
    <message>
        <source>None</source>
        <translation>Keine</translation>
    </message>
    <message>
        <source>Normal</source>
        <translation>Normal</translation>
    </message>
    <message>
        <source>Numpy</source>
        <translation>NumPy</translation>
    </message>
    <message>
        <source>Output limit</source>
        <translation>Ausgabegrenze</translation>
    </message>
    <message>
        <source>Output of a cell that the model is shown</source>
        <translation>Ausgabe einer Zelle, die das Modell zu sehen bekommt</translation>
    </message>
    <message>
        <source>Pandas</source>
        <translation>pandas</translation>
    </message>
    <message>
        <source>Python fences</source>
        <translation>Python-Blöcke</translation>
    </message>
    <message>
        <source>Real Python in confined processes, or a restricted interpreter for a part of it</source>
        <translation>Echtes Python in eingeschlossenen Prozessen oder ein beschränkter Interpreter für einen Teil davon</translation>
    </message>
    <message>
        <source>Reasoning effort</source>
        <translation>Denkaufwand</translation>
    </message>
    <message>
        <source>Recursive</source>
        <translation>Rekursiv</translation>
    </message>
    <message>
        <source>Roomy</source>
        <translation>Weit</translation>
    </message>
    <message>
        <source>Root model</source>
        <translation>Wurzelmodell</translation>
    </message>
    <message>
        <source>Run ```python blocks when a response has no ```repl block</source>
        <translation>```python-Blöcke ausführen, wenn eine Modellantwort keinen ```repl-Block hat</translation>
    </message>
    <message>
        <source>Shared history in place of the file, as in postgresql://name@server/history; from the next start on</source>
        <translation>Gemeinsamer Verlauf anstelle der Datei, wie in postgresql://name@server/history; ab dem nächsten Start</translation>
    </message>
    <message>
        <source>Size of the text, against the system&apos;s</source>
        <translation>Größe des Textes gegenüber der des Systems</translation>
    </message>
    <message>
        <source>Strict</source>
        <translation>Streng</translation>
    </message>
    <message>
        <source>Sub-call model</source>
        <translation>Unteraufruf-Modell</translation>
    </message>
    <message>
        <source>Sub-calls</source>
        <translation>Unteraufrufe</translation>
    </message>
    <message>
        <source>System</source>
        <translation>System</translation>
    </message>
    <message>
        <source>System prompt</source>
        <translation>System-Prompt</translation>
    </message>
    <message>
        <source>Temperature</source>
        <translation>Temperatur</translation>
    </message>
    <message>
        <source>Theme</source>
        <translation>Farben</translation>
    </message>
    <message>
        <source>Timeout</source>
        <translation>Zeitgrenze</translation>
    </message>
    <message>
        <source>USD</source>
        <translation>USD</translation>
    </message>
    <message>
        <source>What rlm calls are told of their role; empty means the default</source>
        <translation>Was rlm-Aufrufen über ihre Rolle gesagt wird; leer heißt die Vorgabe</translation>
    </message>
    <message>
        <source>Whether llm_query recurses while levels remain, or only rlm_query does</source>
        <translation>Ob llm_query rekursiv ist, solange Ebenen bleiben, oder nur rlm_query</translation>
    </message>
    <message>
        <source>characters</source>
        <translation>Zeichen</translation>
    </message>
    <message>
        <source>no limit</source>
        <translation>keine Grenze</translation>
    </message>
    <message>
        <source>seconds</source>
        <translation>Sekunden</translation>
    </message>
    <message>
        <source>the model&apos;s own</source>
        <translation>wie das Modell</translation>
    </message>
    <message>
        <source>tokens</source>
        <translation>Tokens</translation>
    </message>
</context>
<context>
    <name>SettingsDialog</name>
    <message>
        <source>&amp;Discard</source>
        <translation>&amp;Verwerfen</translation>
    </message>
    <message>
        <source>Close without saving?</source>
        <translation>Ohne Speichern schließen?</translation>
    </message>
    <message>
        <source>Find a setting</source>
        <translation>Einstellung suchen</translation>
    </message>
    <message>
        <source>No setting has these words.</source>
        <translation>Keine Einstellung enthält diese Wörter.</translation>
    </message>
    <message>
        <source>Pages of the settings</source>
        <translation>Seiten der Einstellungen</translation>
    </message>
    <message>
        <source>Settings</source>
        <translation>Einstellungen</translation>
    </message>
    <message>
        <source>What you typed for a provider is not saved yet: its button Save does that.</source>
        <translation>Was Sie für einen Anbieter eingegeben haben, ist noch nicht gespeichert: Das tut dort „Speichern“.</translation>
    </message>
</context>
<context>
    <name>SettingsPages</name>
    <message>
        <source>Appearance</source>
        <translation>Aussehen</translation>
    </message>
    <message>
        <source>General</source>
        <translation>Allgemein</translation>
    </message>
    <message>
        <source>Limits</source>
        <translation>Grenzen</translation>
    </message>
    <message>
        <source>Models</source>
        <translation>Modelle</translation>
    </message>
    <message>
        <source>Presets</source>
        <translation>Vorlagen</translation>
    </message>
    <message>
        <source>Prices</source>
        <translation>Preise</translation>
    </message>
    <message>
        <source>Providers</source>
        <translation>Anbieter</translation>
    </message>
    <message>
        <source>REPL</source>
        <translation>REPL</translation>
    </message>
    <message>
        <source>Shortcuts</source>
        <translation>Tastenkürzel</translation>
    </message>
    <message>
        <source>Storage</source>
        <translation>Speicher</translation>
    </message>
</context>
<context>
    <name>ShortcutSheet</name>
    <message>
        <source>In the tree of calls</source>
        <translation>Im Baum der Aufrufe</translation>
    </message>
    <message>
        <source>Keyboard shortcuts</source>
        <translation>Tastenkürzel</translation>
    </message>
    <message>
        <source>Keys</source>
        <translation>Tasten</translation>
    </message>
    <message>
        <source>What it does</source>
        <translation>Was es tut</translation>
    </message>
</context>
<context>
    <name>ShortcutsPage</name>
    <message>
        <source>&amp;Reset</source>
        <translation>&amp;Zurücksetzen</translation>
    </message>
    <message>
        <source>&amp;Use these keys</source>
        <translation>Diese Tasten &amp;verwenden</translation>
    </message>
    <message>
        <source>Command</source>
        <translation>Befehl</translation>
    </message>
    <message>
        <source>Commands and their keys</source>
        <translation>Befehle und ihre Tasten</translation>
    </message>
    <message>
        <source>Filter by command or keys</source>
        <translation>Nach Befehl oder Tasten filtern</translation>
    </message>
    <message>
        <source>Give the selected command its own keys back</source>
        <translation>Dem gewählten Befehl seine eigenen Tasten zurückgeben</translation>
    </message>
    <message>
        <source>Keys</source>
        <translation>Tasten</translation>
    </message>
    <message>
        <source>New keys</source>
        <translation>Neue Tasten</translation>
    </message>
    <message>
        <source>Reset &amp;all</source>
        <translation>&amp;Alle zurücksetzen</translation>
    </message>
    <message>
        <source>Select a command, press its new keys in the field, and use them.</source>
        <translation>Einen Befehl wählen, im Feld seine neuen Tasten drücken und sie verwenden.</translation>
    </message>
    <message>
        <source>Taken from: {commands}</source>
        <translation>Genommen von: {commands}</translation>
    </message>
</context>
<context>
    <name>SourcesButton</name>
    <message>
        <source>Sources {count}</source>
        <translation>Quellen {count}</translation>
    </message>
    <message>
        <source>The places in the documents that the answer names or quotes</source>
        <translation>Die Stellen in den Dokumenten, die die Antwort nennt oder zitiert</translation>
    </message>
    <message>
        <source>and {count} more</source>
        <translation>und {count} weitere</translation>
    </message>
</context>
<context>
    <name>SpreadPane</name>
    <message>
        <source>Select a batch to see how long its calls took.</source>
        <translation>Wählen Sie einen Stapel, um zu sehen, wie lange seine Aufrufe dauerten.</translation>
    </message>
    <message>
        <source>{name}: no calls</source>
        <translation>{name}: keine Aufrufe</translation>
    </message>
    <message>
        <source>{name}: {calls}, {least} to {most}, median {median}</source>
        <translation>{name}: {calls}, {least} bis {most}, Median {median}</translation>
    </message>
</context>
<context>
    <name>Status</name>
    <message>
        <source>Budget exceeded</source>
        <translation>Budget überschritten</translation>
    </message>
    <message>
        <source>Call limit exceeded</source>
        <translation>Aufrufgrenze überschritten</translation>
    </message>
    <message>
        <source>Cancelled</source>
        <translation>Abgebrochen</translation>
    </message>
    <message>
        <source>Completed</source>
        <translation>Fertig</translation>
    </message>
    <message>
        <source>Error</source>
        <translation>Fehler</translation>
    </message>
    <message>
        <source>Error threshold exceeded</source>
        <translation>Fehlergrenze überschritten</translation>
    </message>
    <message>
        <source>Failed</source>
        <translation>Gescheitert</translation>
    </message>
    <message>
        <source>Interrupted</source>
        <translation>Unterbrochen</translation>
    </message>
    <message>
        <source>Killed</source>
        <translation>Zwangsbeendet</translation>
    </message>
    <message>
        <source>Ok</source>
        <translation>In Ordnung</translation>
    </message>
    <message>
        <source>Out of iterations</source>
        <translation>Iterationen aufgebraucht</translation>
    </message>
    <message>
        <source>Queued</source>
        <translation>Wartet</translation>
    </message>
    <message>
        <source>Running</source>
        <translation>Läuft</translation>
    </message>
    <message>
        <source>Timeout exceeded</source>
        <translation>Zeitgrenze überschritten</translation>
    </message>
    <message>
        <source>Token limit exceeded</source>
        <translation>Tokengrenze überschritten</translation>
    </message>
</context>
<context>
    <name>StatusLine</name>
    <message>
        <source> ({count} active)</source>
        <translation> ({count} aktiv)</translation>
    </message>
    <message numerus="yes">
        <source>%n cell(s) wait(s) for you</source>
        <translation>
            <numerusform>%n Zelle wartet auf Sie</numerusform>
            <numerusform>%n Zellen warten auf Sie</numerusform>
        </translation>
    </message>
    <message>
        <source>Costs</source>
        <translation>Kosten</translation>
    </message>
    <message>
        <source>Figures of the run</source>
        <translation>Zahlen des Laufs</translation>
    </message>
    <message>
        <source>Go on</source>
        <translation>Weiter</translation>
    </message>
    <message>
        <source>Hold the run: each call waits before its next iteration {keys}</source>
        <translation>Den Lauf anhalten: Jeder Aufruf wartet vor seiner nächsten Iteration {keys}</translation>
    </message>
    <message>
        <source>Let the run go on {keys}</source>
        <translation>Den Lauf weiterlaufen lassen {keys}</translation>
    </message>
    <message>
        <source>Pause</source>
        <translation>Pause</translation>
    </message>
    <message>
        <source>Paused</source>
        <translation>Angehalten</translation>
    </message>
    <message>
        <source>Pausing</source>
        <translation>Hält an</translation>
    </message>
    <message>
        <source>Ready</source>
        <translation>Bereit</translation>
    </message>
    <message>
        <source>Replay: {status}</source>
        <translation>Wiedergabe: {status}</translation>
    </message>
    <message>
        <source>Show the cell that waits for your decision {keys}</source>
        <translation>Die Zelle zeigen, die auf Ihre Entscheidung wartet {keys}</translation>
    </message>
    <message>
        <source>Show tokens and cost by depth and by model {keys}</source>
        <translation>Tokens und Kosten nach Tiefe und nach Modell zeigen {keys}</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>Stopp</translation>
    </message>
    <message>
        <source>Stop the run</source>
        <translation>Den Lauf stoppen</translation>
    </message>
    <message>
        <source>Stop the run {keys}; what it has found so far is kept</source>
        <translation>Den Lauf stoppen {keys}; was er bisher gefunden hat, bleibt erhalten</translation>
    </message>
    <message>
        <source>Stopping</source>
        <translation>Stoppt</translation>
    </message>
    <message>
        <source>What confines the code that models write: {layers}</source>
        <translation>Was den Code einschließt, den Modelle schreiben: {layers}</translation>
    </message>
    <message>
        <source>cost unknown</source>
        <translation>Kosten unbekannt</translation>
    </message>
    <message>
        <source>iteration {number} of ≤ {most}</source>
        <translation>Iteration {number} von ≤ {most}</translation>
    </message>
    <message>
        <source>tokens unknown</source>
        <translation>Tokens unbekannt</translation>
    </message>
    <message>
        <source>{cost} of {budget}</source>
        <translation>{cost} von {budget}</translation>
    </message>
    <message>
        <source>{count} of ≤ {most} requests</source>
        <translation>{count} von ≤ {most} Anfragen</translation>
    </message>
    <message>
        <source>{input} in / {output} out</source>
        <translation>{input} hinein / {output} heraus</translation>
    </message>
    <message>
        <source>{percent}% of a limit is used.</source>
        <translation>{percent} % einer Grenze sind verbraucht.</translation>
    </message>
    <message>
        <source>{time} of ≤ {most}</source>
        <translation>{time} von ≤ {most}</translation>
    </message>
    <message>
        <source>{tokens} of ≤ {most}</source>
        <translation>{tokens} von ≤ {most}</translation>
    </message>
</context>
<context>
    <name>StoragePage</name>
    <message>
        <source>&amp;Back up first…</source>
        <translation>Zuerst &amp;sichern…</translation>
    </message>
    <message>
        <source>&amp;Back up…</source>
        <translation>&amp;Sichern…</translation>
    </message>
    <message>
        <source>&amp;Delete all</source>
        <translation>Alles &amp;löschen</translation>
    </message>
    <message>
        <source>&amp;Delete all…</source>
        <translation>Alles &amp;löschen…</translation>
    </message>
    <message>
        <source>&amp;Replace</source>
        <translation>&amp;Ersetzen</translation>
    </message>
    <message>
        <source>&amp;Restore…</source>
        <translation>&amp;Wiederherstellen…</translation>
    </message>
    <message>
        <source>All sessions, runs and texts of documents are deleted, and so are the copies that the program put beside the history, as before an upgrade. Only a backup of your own brings them back. Your files and your backups stay.</source>
        <translation>Alle Sitzungen, Läufe und Texte von Dokumenten werden gelöscht, auch die Kopien, die das Programm neben den Verlauf gelegt hat, etwa vor einer Umstellung. Nur eine eigene Sicherung bringt sie zurück. Ihre Dateien und Ihre Sicherungen bleiben.</translation>
    </message>
    <message>
        <source>All sessions, runs and texts of documents are deleted.</source>
        <translation>Alle Sitzungen, Läufe und Texte von Dokumenten sind gelöscht.</translation>
    </message>
    <message>
        <source>Archives (*.rlmarchive *.sqlite);;All files (*)</source>
        <translation>Archive (*.rlmarchive *.sqlite);;Alle Dateien (*)</translation>
    </message>
    <message>
        <source>Back up the history</source>
        <translation>Den Verlauf sichern</translation>
    </message>
    <message>
        <source>Copying…</source>
        <translation>Wird kopiert…</translation>
    </message>
    <message>
        <source>Delete everything?</source>
        <translation>Alles löschen?</translation>
    </message>
    <message>
        <source>Deleting…</source>
        <translation>Wird gelöscht…</translation>
    </message>
    <message>
        <source>Everything in the history is replaced by what {file} holds. A copy of it is kept.</source>
        <translation>Alles im Verlauf wird durch den Inhalt von {file} ersetzt. Eine Kopie davon bleibt.</translation>
    </message>
    <message>
        <source>Everything was copied to {file}.</source>
        <translation>Alles wurde nach {file} kopiert.</translation>
    </message>
    <message>
        <source>Replace the whole history?</source>
        <translation>Den ganzen Verlauf ersetzen?</translation>
    </message>
    <message>
        <source>Restore the history from a copy</source>
        <translation>Den Verlauf aus einer Kopie wiederherstellen</translation>
    </message>
    <message>
        <source>Restored. What was there before is kept as {file}.</source>
        <translation>Wiederhergestellt. Was vorher da war, bleibt als {file}.</translation>
    </message>
    <message>
        <source>Restoring…</source>
        <translation>Wird wiederhergestellt…</translation>
    </message>
    <message>
        <source>Where the history lies</source>
        <translation>Wo der Verlauf liegt</translation>
    </message>
    <message>
        <source>{size} MB in copies beside it</source>
        <translation>{size} MB in Kopien daneben</translation>
    </message>
</context>
<context>
    <name>StoredSessions</name>
    <message>
        <source>A run of it is going on. Stop it first, then delete it.</source>
        <translation>Ein Lauf davon ist im Gang. Stoppen Sie ihn zuerst, dann löschen Sie.</translation>
    </message>
    <message>
        <source>Tags were taken away.</source>
        <translation>Schlagwörter wurden entfernt.</translation>
    </message>
    <message>
        <source>The run was deleted.</source>
        <translation>Der Lauf wurde gelöscht.</translation>
    </message>
    <message>
        <source>The session was deleted.</source>
        <translation>Die Sitzung wurde gelöscht.</translation>
    </message>
    <message>
        <source>{runs} deleted.</source>
        <translation>{runs} gelöscht.</translation>
    </message>
    <message>
        <source>“{name}” has another name now.</source>
        <translation>„{name}“ hat jetzt einen anderen Namen.</translation>
    </message>
</context>
<context>
    <name>SystemCheck</name>
    <message numerus="yes">
        <source>%n thing(s) must be mended.</source>
        <translation>
            <numerusform>%n Sache muss behoben werden.</numerusform>
            <numerusform>%n Sachen müssen behoben werden.</numerusform>
        </translation>
    </message>
    <message>
        <source>&amp;Copy report</source>
        <translation>Bericht &amp;kopieren</translation>
    </message>
    <message>
        <source>Everything that is needed works.</source>
        <translation>Alles Nötige funktioniert.</translation>
    </message>
    <message>
        <source>Looking…</source>
        <translation>Prüfung läuft…</translation>
    </message>
    <message>
        <source>System check</source>
        <translation>Systemprüfung</translation>
    </message>
    <message>
        <source>does not work</source>
        <translation>funktioniert nicht</translation>
    </message>
    <message>
        <source>works</source>
        <translation>funktioniert</translation>
    </message>
    <message>
        <source>works in part</source>
        <translation>funktioniert zum Teil</translation>
    </message>
</context>
<context>
    <name>TextPane</name>
    <message>
        <source>Load more</source>
        <translation>Mehr laden</translation>
    </message>
    <message>
        <source>{count} of {all} characters are shown.</source>
        <translation>{count} von {all} Zeichen werden gezeigt.</translation>
    </message>
</context>
<context>
    <name>Tour</name>
    <message>
        <source>Done</source>
        <translation>Fertig</translation>
    </message>
    <message>
        <source>Leave the tour</source>
        <translation>Rundgang verlassen</translation>
    </message>
    <message>
        <source>Next</source>
        <translation>Weiter</translation>
    </message>
</context>
<context>
    <name>TransferProgress</name>
    <message>
        <source>&amp;Cancel</source>
        <translation>&amp;Abbrechen</translation>
    </message>
</context>
<context>
    <name>Transfers</name>
    <message>
        <source>&amp;Show the first run</source>
        <translation>Den ersten Lauf &amp;zeigen</translation>
    </message>
    <message>
        <source>({count} more remarks)</source>
        <translation>({count} weitere Anmerkungen)</translation>
    </message>
    <message>
        <source>All files (*)</source>
        <translation>Alle Dateien (*)</translation>
    </message>
    <message>
        <source>Archives and logs (*.rlmarchive *.jsonl *.json *.log *.sqlite)</source>
        <translation>Archive und Protokolle (*.rlmarchive *.jsonl *.json *.log *.sqlite)</translation>
    </message>
    <message>
        <source>Choose a folder: each run becomes a file in it</source>
        <translation>Einen Ordner wählen: Jeder Lauf wird eine Datei darin</translation>
    </message>
    <message>
        <source>Export</source>
        <translation>Exportieren</translation>
    </message>
    <message>
        <source>Exported to {file}.</source>
        <translation>Exportiert nach {file}.</translation>
    </message>
    <message>
        <source>Exporting…</source>
        <translation>Export läuft…</translation>
    </message>
    <message>
        <source>Import archives and logs</source>
        <translation>Archive und Protokolle importieren</translation>
    </message>
    <message>
        <source>Import of {file}</source>
        <translation>Import von {file}</translation>
    </message>
    <message>
        <source>Importing {file}…</source>
        <translation>{file} wird importiert…</translation>
    </message>
    <message>
        <source>Remarks…</source>
        <translation>Anmerkungen…</translation>
    </message>
    <message>
        <source>Secrets were replaced: {kinds}.</source>
        <translation>Geheimnisse wurden ersetzt: {kinds}.</translation>
    </message>
    <message>
        <source>Show</source>
        <translation>Zeigen</translation>
    </message>
    <message>
        <source>Show folder</source>
        <translation>Ordner zeigen</translation>
    </message>
    <message>
        <source>There is no run to export.</source>
        <translation>Es gibt keinen Lauf zum Exportieren.</translation>
    </message>
    <message>
        <source>{files} written to {folder}.</source>
        <translation>{files} nach {folder} geschrieben.</translation>
    </message>
    <message>
        <source>{file} holds no run.</source>
        <translation>{file} enthält keinen Lauf.</translation>
    </message>
    <message>
        <source>{runs} imported from {file} ({kind}).</source>
        <translation>{runs} importiert aus {file} ({kind}).</translation>
    </message>
    <message>
        <source>{runs} imported.</source>
        <translation>{runs} importiert.</translation>
    </message>
</context>
<context>
    <name>UnsafeBanner</name>
    <message>
        <source>⚠ NOT CONFINED: the code of this run can read your files and use your network.</source>
        <translation>⚠ UNGESCHÜTZT: Der Code dieses Laufs kann Ihre Dateien lesen und Ihr Netz verwenden.</translation>
    </message>
    <message>
        <source>⚠ NOT CONFINED: the code of this run could read your files and use your network.</source>
        <translation>⚠ UNGESCHÜTZT: Der Code dieses Laufs konnte Ihre Dateien lesen und Ihr Netz verwenden.</translation>
    </message>
</context>
<context>
    <name>Updates</name>
    <message>
        <source>Open page</source>
        <translation>Seite öffnen</translation>
    </message>
    <message>
        <source>RLM Desktop {version} is out; this is {own}.</source>
        <translation>RLM Desktop {version} ist erschienen; dies ist {own}.</translation>
    </message>
</context>
<context>
    <name>VariablesPage</name>
    <message numerus="yes">
        <source>%n more not listed.</source>
        <translation>
            <numerusform>%n weitere ist nicht aufgeführt.</numerusform>
            <numerusform>%n weitere sind nicht aufgeführt.</numerusform>
        </translation>
    </message>
    <message>
        <source>As it was recorded. Click or press Enter for the whole value.</source>
        <translation>Wie aufgezeichnet. Klick oder Eingabe zeigt den ganzen Wert.</translation>
    </message>
    <message>
        <source>Choose a variable to see its value.</source>
        <translation>Eine Variable wählen, um ihren Wert zu sehen.</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>Name</translation>
    </message>
    <message>
        <source>No variables are known: no cell of this iteration has ended yet.</source>
        <translation>Keine Variablen bekannt: Noch ist keine Zelle dieser Iteration zu Ende.</translation>
    </message>
    <message>
        <source>Only the first {count} characters are shown.</source>
        <translation>Nur die ersten {count} Zeichen werden gezeigt.</translation>
    </message>
    <message>
        <source>Size</source>
        <translation>Größe</translation>
    </message>
    <message>
        <source>The value as it is now, in iteration {number}; this row shows an earlier one.</source>
        <translation>Der jetzige Wert, in Iteration {number}; diese Zeile zeigt eine frühere.</translation>
    </message>
    <message>
        <source>The value as it is now.</source>
        <translation>Der jetzige Wert.</translation>
    </message>
    <message>
        <source>The value is fetched; while a cell runs, that waits for its end.</source>
        <translation>Der Wert wird geholt; läuft eine Zelle, wartet das auf ihr Ende.</translation>
    </message>
    <message>
        <source>The value is no longer there: its REPL has ended. Its beginning was recorded.</source>
        <translation>Der Wert ist nicht mehr da: Seine REPL ist beendet. Sein Anfang wurde aufgezeichnet.</translation>
    </message>
    <message>
        <source>Type</source>
        <translation>Typ</translation>
    </message>
    <message>
        <source>Value</source>
        <translation>Wert</translation>
    </message>
    <message>
        <source>Value of the variable</source>
        <translation>Wert der Variablen</translation>
    </message>
    <message>
        <source>Variables after the iteration</source>
        <translation>Variablen nach der Iteration</translation>
    </message>
    <message>
        <source>{variables}, {changed} changed in this iteration (marked ●)</source>
        <translation>{variables}, {changed} in dieser Iteration geändert (mit ● markiert)</translation>
    </message>
</context>
<context>
    <name>Verdict</name>
    <message>
        <source>Copy details</source>
        <translation>Einzelheiten kopieren</translation>
    </message>
    <message>
        <source>Copy what was asked and what came back, without any key</source>
        <translation>Kopieren, was gefragt wurde und was zurückkam, ohne jeden Schlüssel</translation>
    </message>
</context>
<context>
    <name>Workbench</name>
    <message>
        <source>&amp;Keep running</source>
        <translation>&amp;Weiterlaufen lassen</translation>
    </message>
    <message>
        <source>&amp;Stop</source>
        <translation>&amp;Stopp</translation>
    </message>
    <message>
        <source>A run of this session is going on. Stop it or wait for its end.</source>
        <translation>Ein Lauf dieser Sitzung ist im Gang. Stoppen Sie ihn, oder warten Sie sein Ende ab.</translation>
    </message>
    <message>
        <source>Show</source>
        <translation>Zeigen</translation>
    </message>
    <message>
        <source>Stop the run?</source>
        <translation>Den Lauf stoppen?</translation>
    </message>
    <message>
        <source>The documents are still being read. Ask again when they are there.</source>
        <translation>Die Dokumente werden noch gelesen. Fragen Sie erneut, wenn sie da sind.</translation>
    </message>
    <message>
        <source>The final answer is on the clipboard.</source>
        <translation>Die endgültige Antwort ist in der Zwischenablage.</translation>
    </message>
    <message>
        <source>The run has cost {cost} so far.</source>
        <translation>Der Lauf hat bisher {cost} gekostet.</translation>
    </message>
    <message>
        <source>There is no document to ask about. Drop files on the window, or choose some {keys}.</source>
        <translation>Es gibt kein Dokument, zu dem man fragen könnte. Ziehen Sie Dateien auf das Fenster, oder wählen Sie welche {keys}.</translation>
    </message>
    <message>
        <source>This is a large run: its beginning shows, the rest is being read.</source>
        <translation>Dies ist ein großer Lauf: Sein Anfang ist zu sehen, der Rest wird gelesen.</translation>
    </message>
    <message>
        <source>Type a question first.</source>
        <translation>Tippen Sie zuerst eine Frage.</translation>
    </message>
    <message>
        <source>What it has found is kept, and it can be resumed later.</source>
        <translation>Was er gefunden hat, bleibt, und er lässt sich später fortsetzen.</translation>
    </message>
    <message>
        <source>“{question}” has ended: {status}.</source>
        <translation>„{question}“ ist zu Ende: {status}.</translation>
    </message>
</context>
<context>
    <name>_Canvas</name>
    <message>
        <source>Icicle of the run</source>
        <translation>Eiszapfendiagramm des Laufs</translation>
    </message>
    <message>
        <source>{count} rows too narrow to be drawn one by one</source>
        <translation>{count} Zeilen, zu schmal für einzelne Rechtecke</translation>
    </message>
    <message>
        <source>{count} tokens</source>
        <translation>{count} Tokens</translation>
    </message>
    <message>
        <source>{percent}% of the run</source>
        <translation>{percent} % des Laufs</translation>
    </message>
</context>
<context>
    <name>_LeftOutModel</name>
    <message>
        <source>File or folder</source>
        <translation>Datei oder Ordner</translation>
    </message>
    <message>
        <source>Why</source>
        <translation>Warum</translation>
    </message>
</context>
<context>
    <name>_Margin</name>
    <message>
        <source>Line {number} made {calls}. Click to go there.</source>
        <translation>Zeile {number} machte {calls}. Ein Klick geht dorthin.</translation>
    </message>
    <message>
        <source>Lines that made calls</source>
        <translation>Zeilen, die Aufrufe machten</translation>
    </message>
</context>
</TS>
