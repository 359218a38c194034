"""One pair of clips: how the second is warped onto the first."""


rule warping_path:
    input:
        pairs=lambda wildcards: f"results/pairs/{CLIPS[wildcards.a]['activity']}.h5",
        kinematics=["results/kinematics/{a}.h5", "results/kinematics/{b}.h5"],
    output:
        png="results/pairs/paths/{a}--{b}.png",
        shares="results/pairs/paths/{a}--{b}.json",
    log:
        "logs/pairs/paths/{a}--{b}.log",
    wildcard_constraints:
        a="|".join(CLIPS),
        b="|".join(CLIPS),
    conda:
        "../envs/main.yaml"
    threads: 1
    resources:
        mem_mb=memory(1000),
        runtime=minutes(10),
    params:
        labels=lambda wildcards: [
            CLIPS[clip]["label"] for clip in (wildcards.a, wildcards.b)
        ],
        settings=project.pair_settings,
        code=code("warping_path.py"),
    message:
        "{wildcards.a}, {wildcards.b}: drawing the warping path"
    script:
        "../workflow/scripts/warping_path.py"


rule warped_video:
    input:
        pairs=lambda wildcards: f"results/pairs/{CLIPS[wildcards.a]['activity']}.h5",
        videos=["results/overlays/{a}.mp4", "results/overlays/{b}.mp4"],
        conformed=["results/conformed/{a}.json", "results/conformed/{b}.json"],
    output:
        "results/pairs/videos/{a}--{b}.mp4",
    log:
        "logs/pairs/videos/{a}--{b}.log",
    wildcard_constraints:
        a="|".join(CLIPS),
        b="|".join(CLIPS),
    conda:
        "../envs/main.yaml"
    threads: 2
    resources:
        mem_mb=memory(2000),
        runtime=minutes(10),
    params:
        labels=lambda wildcards: [
            CLIPS[clip]["label"] for clip in (wildcards.a, wildcards.b)
        ],
        settings={
            key: config["composites"][key]
            for key in ("tile_width", "tile_height", "crf")
        },
        code=code("warped_video.py"),
    message:
        "{wildcards.a}, {wildcards.b}: side by side, the second at the pace of the first"
    script:
        "../workflow/scripts/warped_video.py"
