"""Which files the jobs read, where that depends on what lies on this machine."""


def raw_files(clip):
    """Give the raw video of a clip; of a folder its images: one that changes makes its clip again."""
    path = Path(CLIPS[clip]["path"])
    if not path.is_dir():
        return tracked(path, f"raw/{clip}")
    images = sorted(each for each in path.iterdir() if each.name[0] != ".")
    return [tracked(image, f"raw/{clip}/{image.stem}") for image in images]


# A missing input would stop the whole workflow. Where all that is made from a video is there
# already, its path is named although nothing lies there: then Snakemake uses what is made.
RAW = {clip: raw_files(clip) for clip in CLIPS if clip not in MISSING}
EXERCISES = {
    name: [
        tracked(path, f"exercises/{path.stem}")
        for path in plan.exercise_files(Path(config["exercises"]) / f"{name}.yaml")
    ]
    for name in dict.fromkeys(map(project.exercise_of, project.exercise_clips))
}


def raw_video(wildcards):
    """Give the raw video of a clip, or nothing if there is none: its probe then says so."""
    return RAW.get(wildcards.clip, [])


def exercise_files(wildcards):
    """Give the file of the exercise that is done in a clip, and the one that it extends."""
    return EXERCISES[project.exercise_of(wildcards.clip)]
