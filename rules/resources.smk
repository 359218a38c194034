"""What jobs ask for: more memory and time for longer clips and for every new attempt."""

from kinepath.runtime.device import choose, refuse_cpu_only, visible_gpus

# Some modules are imported where they are used: every job reads this file, and few need them.


def memory(least):
    """Ask for megabytes: so many at least, and one more for every second of the clips."""
    return lambda wildcards, attempt: attempt * int(
        least + project.seconds_behind(dict(wildcards))
    )


def minutes(least):
    """Ask for minutes: so many at least, and six seconds more for every second of the clips."""
    return lambda wildcards, attempt: attempt * int(
        least + project.seconds_behind(dict(wildcards)) / 10
    )


def video_minutes(wildcards, attempt):
    """Ask for minutes to read a whole raw video, of which a clip may be a small part."""
    return attempt * int(10 + project.file_seconds(wildcards.clip) / 10)


def pairs_memory(wildcards, attempt):
    """Ask for megabytes to compare all pairs of an activity: the paths are most of it."""
    return attempt * (1500 + len(project.clips_of(wildcards.activity)) ** 2 // 500)


def pairs_minutes(wildcards, attempt):
    """Ask for minutes to compare all pairs of an activity, generously."""
    return attempt * (20 + len(project.clips_of(wildcards.activity)) ** 2 // 20000)


def wants_gpu():
    """Tell whether the pose is to be found on a GPU."""
    return config["pose"]["device"].startswith("cuda")


def gpus_for_pose(wildcards):
    """Ask for a GPU if the pose is to be found on one."""
    return 1 if wants_gpu() else 0


def check_device(here):
    """Stop before anything runs if no GPU can be had for the pose: here, or with the backend."""
    from kinepath.pose.backends import load_backend

    asked, backend = config["pose"]["device"], config["pose"]["backend"]
    try:
        uses_gpu = load_backend(backend).USES_GPU
        refuse_cpu_only(asked, backend, uses_gpu)
        if here:
            choose(asked, backend, uses_gpu, visible_gpus())
    except KinepathError as error:
        raise WorkflowError(str(error)) from None
