"""What a pose backend needs: its settings, its code, its model and its environment."""

import re

ENVIRONMENTS = HOME / "envs"
ROLES = ("detector", "estimator", "lifter")
CONFIGURATION = "[A-Za-z0-9_.-]+"
OFFICIAL = "resources/models/mmpose"


def pose_settings(backend=None):
    """Give the settings of the pose: of one backend (the configured one), not of the others."""
    name = backend or config["pose"]["backend"]
    has_networks = isinstance(config["pose"].get(name), dict)
    own = {name: networks_of(name)} if has_networks else {}
    return plan.pose_settings(config["pose"], name) | own


def networks_of(backend):
    """Give a backend's networks; official weights by the path at which their rule puts them."""
    networks = dict(config["pose"][backend])
    for role in ROLES:
        key, name = f"{role}_checkpoint", networks[role]
        if name is not None and networks.get(key) == "official":
            if not re.fullmatch(CONFIGURATION, name):
                told = f"config: pose.{backend}.{key}: {name} is no name of OpenMMLab's"
                raise WorkflowError(f"{told}; give the path of a checkpoint")
            networks[key] = f"{OFFICIAL}/{name}.pth"
    return networks


def official_digest(configuration):
    """Give the digest that a configuration's official weights must have; None: any."""
    networks = config["pose"]["mmpose"]
    digests = [
        networks[f"{role}_sha256"] for role in ROLES if networks[role] == configuration
    ]
    return digests[0] if digests else None


def pose_code(backend=None):
    """Digest the code that finds keypoints with a backend."""
    return code(
        "pose.py", f"kinepath.pose.backends.{backend or config['pose']['backend']}"
    )


def pose_model(backend=None):
    """Give the path of the pose model that a rule makes; nothing for networks of your own."""
    networks = pose_settings(backend).get(backend or config["pose"]["backend"])
    if networks is not None:
        return []
    own = config["pose"]["model_path"]
    name = "own" if own else config["pose"]["model"]
    return f"resources/models/pose_landmarker_{name}.task"


def pose_networks(backend=None):
    """Give the paths of a backend's networks, but for those that the job says are missing."""
    networks = pose_settings(backend).get(backend or config["pose"]["backend"], {})
    named = [
        networks.get(role + kind) for kind in ("", "_checkpoint") for role in ROLES
    ]
    return [
        tracked(path, f"networks/{backend}-{number}")
        for number, path in enumerate(named)
        if path and (path.startswith(OFFICIAL) or Path(path).is_file())
    ]


def pose_environment(backend=None):
    """Give the marker of a backend's own environment; nothing where it runs in the main one."""
    name = backend or config["pose"]["backend"]
    for pins in [f"{name}-cuda"] * config["pose"]["device"].startswith("cuda") + [name]:
        if (ENVIRONMENTS / f"{pins}.txt").is_file():
            return f"resources/envs/{pins}.json"
    return []
