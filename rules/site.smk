"""The page: everything in one folder that opens from disk."""


rule site:
    input:
        per_clip("results/camera_shots/{clip}.json"),
        per_clip("results/conformed/{clip}.json"),
        per_clip("results/conformed/{clip}.mp4"),
        per_clip("results/overlays/{clip}.mp4"),
        per_clip("results/skeletons/{clip}.mp4"),
        per_clip("results/kinematics/{clip}.h5"),
        per_clip("results/kinematics/{clip}.png"),
        per_clip("results/bat/{clip}_swing.png", IMPLEMENT_CLIPS),
        per_clip("results/reps/{clip}.png", EXERCISE_CLIPS),
        per_clip("results/chain/{clip}.json", IMPLEMENT_CLIPS),
        per_clip("results/chain/{clip}_corrpath.png", IMPLEMENT_CLIPS),
        expand(
            "results/form/{clip}{what}",
            clip=EXERCISE_CLIPS,
            what=[".json", ".png", "_drift.png", ".mp4"],
        ),
        expand(
            "results/pairs/{activity}_{what}.png",
            activity=ACTIVITIES,
            what=["matrix", "map", "tree"],
        ),
        expand(
            "results/composites/{name}_{kind}.mp4",
            name=COMPOSITES,
            kind=["shots", "skeletons", "overlays"],
        ),
        chains=["results/chain/summary.png"] if IMPLEMENT_CLIPS else [],
    output:
        page="results/site/index.html",
        media=directory("results/site/media"),
    log:
        "logs/site.log",
    conda:
        "../envs/main.yaml"
    threads: 1
    resources:
        mem_mb=memory(1000),
        runtime=minutes(10),
    params:
        rows={
            clip: {
                "clip": clip,
                "label": row["label"],
                "activity": row["activity"],
                "athlete": row["athlete"],
                "implement": clip in IMPLEMENT_CLIPS,
                "exercise": clip in EXERCISE_CLIPS,
            }
            for clip, row in CLIPS.items()
        },
        activities=ACTIVITIES,
        composites={name: composite_clips(name) for name in COMPOSITES},
        composite_fps=config["composites"]["fps"],
        settings=config["site"],
        code=code("site.py"),
    message:
        "writing the page"
    script:
        "../workflow/scripts/site.py"
