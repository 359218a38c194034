"""The skeleton on its own, and drawn over the video."""


rule skeleton_video:
    input:
        poses="results/clean/{clip}.h5",
        bat=of_implement("results/bat/{clip}.h5"),
        conformed="results/conformed/{clip}.json",
    output:
        video="results/skeletons/{clip}.mp4",
    log:
        "logs/skeleton_video/{clip}.log",
    conda:
        "../envs/main.yaml"
    threads: 2
    resources:
        mem_mb=memory(1000),
        runtime=minutes(10),
    params:
        label=column("label"),
        settings=config["videos"],
        code=code("skeleton_video.py"),
    message:
        "{wildcards.clip}: drawing the skeleton"
    script:
        "../workflow/scripts/skeleton_video.py"


rule overlay_video:
    input:
        poses="results/clean/{clip}.h5",
        bat=of_implement("results/bat/{clip}.h5"),
        conformed="results/conformed/{clip}.json",
        video="results/conformed/{clip}.mp4",
    output:
        video="results/overlays/{clip}.mp4",
    log:
        "logs/overlay_video/{clip}.log",
    conda:
        "../envs/main.yaml"
    threads: 2
    resources:
        mem_mb=memory(1000),
        runtime=minutes(10),
    params:
        label=column("label"),
        settings=config["videos"],
        code=code("overlay_video.py"),
    message:
        "{wildcards.clip}: drawing the skeleton over the video"
    script:
        "../workflow/scripts/overlay_video.py"
