"""What went wrong, in a few words for a table; an overview is the instructor's, and in English."""

from __future__ import annotations

from ...base.messages import translator
from ...report.sentences import SETTING_WORDS, describe_step
from .classroom import Slip

STOPPED = {
    "CellTimeoutError": "ran too long and was stopped",
    "SubmissionTimeoutError": "the whole notebook ran too long and was stopped",
    "LimitError": "went past a limit and was stopped",
    "DeadKernelError": "brought the kernel down",
    "NotImplementedError": "left as it was given",
}


def step_in_words(slip: Slip) -> str:
    """The step with its place in words: `2b, main path`; "" where there is none."""
    words = describe_step(slip.step, translator("en"))
    if words == slip.step or "stage" in slip.step:
        return slip.step
    return words if slip.step in words else f"{slip.step}: {words}"


def what_went_wrong(slip: Slip) -> str:
    """The slip without its place."""
    layer, setting = slip.layer, slip.setting
    about = f" ({setting})" if setting else ""
    match slip.kind:
        case "missing":
            return f"{layer} missing{about}" if layer else f"missing{about}"
        case "extra":
            return f"one {layer} too many{about}"
        case "wrong setting":
            return f"{SETTING_WORDS.get(setting, setting)} is wrong"
        case "wrong order":
            return f"{layer} in the wrong place"
        case "wrong wiring":
            return f"{layer} gets the wrong input"
        case "wrong value":
            hidden = not layer and not setting  # of hidden test cases nothing else is known
            special = "wrong with other arguments than the public ones" if hidden else ""
            special = "built as asked, but other numbers come out" if setting == "outputs" else special
            return special or f"wrong value{about}"
        case "error":
            return STOPPED.get(setting, f"raises {setting}" if setting else "raises an exception")
        case "unusable":
            return "what it returns can't be relied on"
        case "points lost":
            return "points lost; no step is recorded"
        case other:
            return f"{other}{about}"
