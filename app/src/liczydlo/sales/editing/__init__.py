"""What the editor edits. Each kind of document has a form, lines and a meaning; the page is one."""
