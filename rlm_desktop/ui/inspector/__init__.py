"""What the selected row did: code, output, prompt, reply, answer."""
