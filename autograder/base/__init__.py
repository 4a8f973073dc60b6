"""What every room stands on: a course's folders, files, errors, messages in the reader's language, time limits.

Nothing here knows what an exercise is, and nothing imports another room.
"""
