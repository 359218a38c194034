"""What a pose backend needs: its settings, its code, its model and its environment."""

ENVIRONMENTS = Path(workflow.basedir) / "envs"


def pose_settings(backend=None):
    """Give the settings of the pose: of one backend (the configured one), not of the others."""
    name = backend or config["pose"]["backend"]
    others = [key for key, value in config["pose"].items() if isinstance(value, dict)]
    shared = {key: value for key, value in config["pose"].items() if key not in others}
    own = {name: config["pose"][name]} if name in others else {}
    return {**shared, **own, "backend": name}


def pose_code(backend=None):
    """Digest the code that finds keypoints with a backend."""
    return code("pose.py", f"kinepath.pose.{backend or config['pose']['backend']}")


def pose_model(backend=None):
    """Give the path of the pose model that a rule makes; nothing for networks of your own."""
    networks = pose_settings(backend).get(backend or config["pose"]["backend"])
    if networks is not None:
        return []
    own = config["pose"]["model_path"]
    name = "own" if own else config["pose"]["model"]
    return f"resources/models/pose_landmarker_{name}.task"


def pose_networks(backend=None):
    """Give the paths of a backend's networks; the job says which is missing."""
    networks = pose_settings(backend).get(backend or config["pose"]["backend"], {})
    roles = ("detector", "estimator", "lifter")
    named = [
        networks.get(role + kind) for kind in ("", "_checkpoint") for role in roles
    ]
    return [path for path in named if path and Path(path).is_file()]


def pose_environment(backend=None):
    """Give the marker of a backend's own environment; nothing where it runs in the main one."""
    name = backend or config["pose"]["backend"]
    for pins in [f"{name}-cuda"] * config["pose"]["device"].startswith("cuda") + [name]:
        if (ENVIRONMENTS / f"{pins}.txt").is_file():
            return f"resources/envs/{pins}.json"
    return []
