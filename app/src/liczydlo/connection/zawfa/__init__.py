"""The company without a qualified seal: ZAW-FA, from the form to the tax office's answer."""
