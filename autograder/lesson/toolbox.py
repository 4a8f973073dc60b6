"""All that the lesson's notebooks draw and measure with: what `lesson.NAME` is."""

from __future__ import annotations

from .depth import GradientNorm, Pair, gradient_norms, plain_and_residual, thin_resnet50
from .figures import show_channels, show_curves, show_fields, show_gradients, show_pairs, show_predictions, show_signs
from .leaks import NearCopy, near_copies, nearest_neighbour
from .look import feature_maps, receptive_field, stage_ends
from .model_picture import draw_model
from .photo import prepare_photo, upload_photo
from .placeholder import build
from .sentence import LessonError

__all__ = [
    "GradientNorm",
    "LessonError",
    "NearCopy",
    "Pair",
    "build",
    "draw_model",
    "feature_maps",
    "gradient_norms",
    "near_copies",
    "nearest_neighbour",
    "plain_and_residual",
    "prepare_photo",
    "receptive_field",
    "show_channels",
    "show_curves",
    "show_fields",
    "show_gradients",
    "show_pairs",
    "show_predictions",
    "show_signs",
    "stage_ends",
    "thin_resnet50",
    "upload_photo",
]
