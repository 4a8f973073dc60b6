"""All that the lesson's notebooks draw and measure with: what `lesson.NAME` is."""

from __future__ import annotations

from .experiments.challenge import Entry, challenge
from .experiments.degradation import Degradation, compare_depths
from .experiments.depth import (
    GradientNorm,
    Pair,
    UpdateRatio,
    gradient_norms,
    plain_and_residual,
    thin_resnet50,
    update_ratios,
)
from .experiments.drop import Drop, domain_drop
from .experiments.few_images import Transfer, transfer
from .experiments.leaks import NearCopy, near_copies, nearest_neighbour
from .experiments.look import feature_maps, grad_cam, receptive_field, stage_ends
from .experiments.variants import Variant, train_variants
from .figures.model_picture import draw_model
from .figures.pictures import show_channels, show_fields, show_pairs, show_predictions, show_signs, show_where
from .figures.plots import show_curves, show_degradation, show_drop, show_gradients, show_transfer, show_updates
from .images.photo import prepare_photo, upload_photo
from .placeholder import build
from .published.network import own_resnet50, with_published_weights
from .published.seer import Seer, seer
from .sentence import LessonError
from .shapes import check_shapes

__all__ = [
    "Degradation",
    "Drop",
    "Entry",
    "GradientNorm",
    "LessonError",
    "NearCopy",
    "Pair",
    "Seer",
    "Transfer",
    "UpdateRatio",
    "Variant",
    "build",
    "challenge",
    "check_shapes",
    "compare_depths",
    "domain_drop",
    "draw_model",
    "feature_maps",
    "grad_cam",
    "gradient_norms",
    "near_copies",
    "nearest_neighbour",
    "own_resnet50",
    "plain_and_residual",
    "prepare_photo",
    "receptive_field",
    "seer",
    "show_channels",
    "show_curves",
    "show_degradation",
    "show_drop",
    "show_fields",
    "show_gradients",
    "show_pairs",
    "show_predictions",
    "show_signs",
    "show_transfer",
    "show_updates",
    "show_where",
    "stage_ends",
    "thin_resnet50",
    "train_variants",
    "transfer",
    "update_ratios",
    "upload_photo",
    "with_published_weights",
]
