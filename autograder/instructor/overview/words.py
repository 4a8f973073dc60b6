"""What went wrong, in a few words for a table."""

from __future__ import annotations

from ...base.messages import N_, Translate, translator
from ...report.sentences import SETTING_WORDS, describe_step, label_step
from .classroom import Slip

ENGLISH = translator("en")
STOPPED = {
    "CellTimeoutError": N_("ran too long and was stopped"),
    "SubmissionTimeoutError": N_("the whole notebook ran too long and was stopped"),
    "LimitError": N_("went past a limit and was stopped"),
    "DeadKernelError": N_("brought the kernel down"),
    "NotImplementedError": N_("left as it was given"),
}
WHOLE = {
    "unusable": N_("what it returns can't be relied on"),
    "points lost": N_("points lost; no step is recorded"),
}


def step_in_words(slip: Slip, _: Translate = ENGLISH) -> str:
    """The step with its place in words: `2b, main path`; "" where there is none."""
    label, words = label_step(slip.step, _), describe_step(slip.step, _)
    if words == slip.step or "stage" in slip.step:
        return label
    return words if label in words else f"{label}: {words}"


def what_went_wrong(slip: Slip, _: Translate = ENGLISH) -> str:
    """The slip without its place."""
    layer, setting = slip.layer, slip.setting
    about = f" ({setting})" if setting else ""
    match slip.kind:
        case "missing":
            return (_("{layer} missing").format(layer=layer) if layer else _("missing")) + about
        case "extra":
            return _("one {layer} too many").format(layer=layer) + about
        case "wrong setting":
            return _("{setting} is wrong").format(setting=_(SETTING_WORDS.get(setting, setting)))
        case "wrong order":
            return _("{layer} in the wrong place").format(layer=layer)
        case "wrong wiring":
            return _("{layer} gets the wrong input").format(layer=layer)
        case "wrong value":
            hidden = not layer and not setting  # of hidden test cases nothing else is known
            special = _("wrong with other arguments than the public ones") if hidden else ""
            special = _("built as asked, but other numbers come out") if setting == "outputs" else special
            return special or _("wrong value") + about
        case "error":
            raised = _("raises {error}").format(error=setting) if setting else _("raises an exception")
            return _(STOPPED[setting]) if setting in STOPPED else raised
        case other:
            return _(WHOLE[other]) if other in WHOLE else f"{other}{about}"
