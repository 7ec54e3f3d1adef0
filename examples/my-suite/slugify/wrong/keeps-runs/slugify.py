import re


def slugify(title):
    if not isinstance(title, str):
        raise TypeError("title must be a str")
    return re.sub(r"[^a-z0-9]", "-", title.lower()).strip("-")
