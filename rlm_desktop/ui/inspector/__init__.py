"""What the selected row did: code, output, prompt, response, answer."""
