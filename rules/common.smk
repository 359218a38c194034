"""The configuration, the sheet of clips, and what the rules look up in them."""

from pathlib import Path

from snakemake.exceptions import WorkflowError
from snakemake.io import expand

from kinepath import code as dependencies
from kinepath.errors import KinepathError
from kinepath.settings import check, check_mentions, load_schema
from kinepath.sheet import read_sheet

SCHEMAS = Path(workflow.basedir) / "config" / "schemas"
SCRIPTS = Path(workflow.basedir) / "workflow" / "scripts"
ENVIRONMENTS = Path(workflow.basedir) / "envs"

try:
    check(config, load_schema(SCHEMAS / "config.schema.yaml"))
    CLIPS = read_sheet(
        config["sheet"],
        load_schema(SCHEMAS / "clips.schema.yaml"),
        config["activities"],
    )
    check_mentions(config, CLIPS)
except KinepathError as error:
    raise WorkflowError(str(error)) from None


wildcard_constraints:
    clip="[A-Za-z0-9_-]+",
    activity="[A-Za-z0-9_]+",


def code(script, *modules):
    """Digest the package modules that a script uses: a changed module reruns its stages."""
    return dependencies.digest(SCRIPTS / script, *modules)


def clips_of(activity):
    """Name the clips of an activity, in the sheet's order."""
    return [clip for clip, row in CLIPS.items() if row["activity"] == activity]


def has_implement(clip):
    """Tell whether a bat or the like is swung in a clip."""
    return config["activities"][CLIPS[clip]["activity"]].get("implement") is not None


def implement_of(clip):
    """Give the settings of the implement that is swung in a clip."""
    return config["implements"][
        config["activities"][CLIPS[clip]["activity"]]["implement"]
    ]


def exercise_of(clip):
    """Name the exercise that a clip's activity is, or None."""
    return config["activities"][CLIPS[clip]["activity"]].get("exercise")


def exercise_file(wildcards):
    """Give the file of the exercise that is done in a clip."""
    folder = Path(config["exercises"])
    return str(folder / f"{exercise_of(wildcards.clip)}.yaml")


def bat_detector():
    """Name the module of the bat detector that the configuration asks for; nothing without one."""
    chosen = config["bat"]["detector"]
    return [f"kinepath.bat.detectors.{chosen['backend']}"] if chosen else []


def bat_file(wildcards):
    """Give the file of what is swung in a clip; nothing where nothing is."""
    return f"results/bat/{wildcards.clip}.h5" if has_implement(wildcards.clip) else []


def is_mirrored(clip):
    """Tell whether a clip is mirrored, so that left- and right-handers compare."""
    return has_implement(clip) and CLIPS[clip]["handed"] == "left"


def reference_of(clip):
    """Name what a clip is aligned to: a clip, "mean", or None for the standing body."""
    return config["align"]["reference"].get(CLIPS[clip]["activity"])


def reference_is_mirrored(clip):
    """Tell whether the clip that a clip is aligned to is mirrored itself."""
    return reference_of(clip) in CLIPS and is_mirrored(reference_of(clip))


def align_reference(wildcards):
    """Give the files of what a clip is aligned to, by name; none for the standing body."""
    chosen = reference_of(wildcards.clip)
    if chosen is None:
        return {}
    if chosen == "mean":
        return {"mean": f"results/means/{CLIPS[wildcards.clip]['activity']}.h5"}
    return {
        "reference": f"results/clean/{chosen}.h5",
        "reference_camera": f"results/camera/{chosen}.h5",
    }


def column(name):
    """Give a look-up of one column of the sheet, for use as a rule's parameter."""
    return lambda wildcards: CLIPS[wildcards.clip][name]


def per_clip(pattern, clips=None):
    """Expand a pattern over clips (all of them unless said otherwise)."""
    return expand(pattern, clip=CLIPS if clips is None else clips)


def columns_of(activity, name):
    """Give one column of the sheet for the clips of an activity, in the sheet's order."""
    return [CLIPS[clip][name] for clip in clips_of(activity)]


def kinematics_of(wildcards):
    """Give the kinematics of all clips of an activity."""
    return per_clip("results/kinematics/{clip}.h5", clips_of(wildcards.activity))


def pair_shards(wildcards):
    """Give the files of the jobs that share an activity's pairs; nothing where one does all."""
    of = config["pairs"]["shards"]
    pattern = f"results/pairs/shards/{wildcards.activity}/{{k}}-of-{of}.json"
    return expand(pattern, k=range(of)) if of > 1 else []


def simulated(name):
    """Give the scenario of a simulated clip: its own settings over those shared by all."""
    shared = {key: value for key, value in config["simulate"].items() if key != "clips"}
    try:
        return {**shared, **config["simulate"]["clips"][name]}
    except KeyError:
        known = ", ".join(config["simulate"]["clips"])
        raise WorkflowError(
            f"no simulated clip {name!r} under simulate.clips; known: {known}"
        )


def raw_video(wildcards):
    """Give the raw video of a clip, or nothing if there is none: its own job then says so.

    A missing input would stop the whole workflow; a failing job stops only what needs it.
    """
    path = CLIPS[wildcards.clip]["path"]
    return path if Path(path).is_file() or is_simulated(path) else []


def is_simulated(path):
    """Tell whether a path is one that the simulated athlete's rule makes."""
    where = Path(path)
    return (
        where.parent == Path("resources/clips/simulated")
        and where.suffix == ".mp4"
        and where.stem in config["simulate"]["clips"]
    )


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


def composite_clips(name):
    """Name the clips of a composite, in the order of its tiles."""
    chosen = config["composites"]["grids"].get(name)
    return chosen if chosen else clips_of(name)[: config["composites"]["max_tiles"]]


def composite_videos(wildcards):
    """Give the videos that a composite shows, in the order of its tiles."""
    folder = {"shots": "conformed"}.get(wildcards.kind, wildcards.kind)
    return per_clip(f"results/{folder}/{{clip}}.mp4", composite_clips(wildcards.name))


# What the pairs themselves depend on; the rest of the section only concerns how they are told.
PAIR_SETTINGS = {
    key: config["pairs"][key]
    for key in (
        "joints",
        "scale",
        "band",
        "max_gap_s",
        "minimum_share",
        "minimum_parts",
    )
}
IMPLEMENT_CLIPS = [clip for clip in CLIPS if has_implement(clip)]
EXERCISE_CLIPS = [clip for clip in CLIPS if exercise_of(clip)]
ACTIVITIES = [activity for activity in config["activities"] if clips_of(activity)]
COMPOSITES = list(dict.fromkeys([*config["composites"]["grids"], *ACTIVITIES]))
