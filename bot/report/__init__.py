"""How good the training data is (`bot.report.checker`) and how good the understanding learned from it (`bot.report`)."""
