"""The sound of a clip, and the strokes in it."""


rule sound:
    input:
        raw=raw_video,
        conformed="results/conformed/{clip}.json",
    output:
        "results/sound/{clip}.json",
    log:
        "logs/sound/{clip}.log",
    conda:
        "../envs/main.yaml"
    threads: 1
    resources:
        mem_mb=memory(1000),
        runtime=minutes(10),
    params:
        code=code("sound.py"),
    message:
        "{wildcards.clip}: listening for clicks"
    script:
        "../workflow/scripts/sound.py"


rule events:
    input:
        poses="results/clean/{clip}.h5",
        bat="results/bat/{clip}.h5",
        sound="results/sound/{clip}.json",
        conformed="results/conformed/{clip}.json",
    output:
        "results/events/{clip}.json",
    log:
        "logs/events/{clip}.log",
    conda:
        "../envs/main.yaml"
    threads: 1
    resources:
        mem_mb=memory(1000),
        runtime=minutes(10),
    params:
        contact_s=column("contact_s"),
        code=code("events.py"),
    message:
        "{wildcards.clip}: finding strokes and contact"
    script:
        "../workflow/scripts/events.py"
