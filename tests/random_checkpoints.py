"""Write checkpoints of OpenMMLab's networks with random weights, in the environment of mmpose.

``python tests/random_checkpoints.py FOLDER``; and one that would run code when it is read.
"""

# mypy: ignore-errors
import sys
from pathlib import Path, PurePosixPath

import torch

from kinepath.pose.topdown.openmmlab import config_of, prepare

NETWORKS = {
    "detector": "rtmdet_nano_320-8xb32_coco-person",
    "estimator": "rtmpose-t_8xb256-420e_aic-coco-256x192",
    "tcn": "video-pose-lift_tcn-27frm-supv_8xb128-160e_h36m",
    "lifter": "motionbert_dstformer-243frm_8xb32-240e_h36m",
}


def main(folder: Path) -> None:
    """Write them."""
    prepare()
    from mmdet.apis import init_detector
    from mmpose.apis import init_model

    torch.manual_seed(0)
    for role in NETWORKS:
        config = str(config_of(NETWORKS, role))
        if role == "detector":
            model = init_detector(config, None, "coco", "cpu")
        else:
            model = init_model(config, None, "cpu")
        content = {"state_dict": model.state_dict()}
        torch.save(content, folder / f"{role}.pth")
    torch.save(content | {"meta": PurePosixPath("more than weights")}, folder / "untrusted.pth")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
