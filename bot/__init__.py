"""The assistant: what the dialogue server and the action server load."""
