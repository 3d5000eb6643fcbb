"""What runs inside Rasa's server beside the pipeline; nothing here changes what a model learns."""
