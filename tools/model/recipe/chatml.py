"""The chat format, and the prompt that several tasks share."""

END = "<|im_end|>\n"

ASK = "<|im_start|>assistant\n"


def system(text):
    return f"<|im_start|>system\n{text}{END}" if text is not None else ""


def user(text):
    return f"<|im_start|>user\n{text}{END}"


def said(text):
    return f"{ASK}{text}{END}"


SQL_SYSTEM = "Write one PostgreSQL query that answers the question.\n"
