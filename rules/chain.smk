"""The kinetic chain."""

CHAIN_CLIPS = project.made("results/chain/{clip}.json", project.implement_clips)


rule chain:
    input:
        kinematics="results/kinematics/{clip}.h5",
        poses="results/clean/{clip}.h5",
    output:
        chain="results/chain/{clip}.json",
        png=report(
            "results/chain/{clip}_corrpath.png",
            caption="../workflow/report/sequence.rst",
            category="Sequence",
            labels={"clip": "{clip}", "figure": "correlation path"},
        ),
        svg="results/chain/{clip}_corrpath.svg",
    log:
        "logs/chain/{clip}.log",
    wildcard_constraints:
        clip="|".join(project.implement_clips) or "^$",
    conda:
        "../envs/main.yaml"
    threads: 1
    resources:
        mem_mb=memory(1000),
        runtime=minutes(10),
    params:
        label=column("label"),
        settings=plan.chain_settings(config["chain"]),
        code=code("chain.py"),
    message:
        "{wildcards.clip}: finding the kinetic chain"
    script:
        "../workflow/scripts/chain.py"


rule chain_summary:
    input:
        chains=project.per_clip("results/chain/{clip}.json", CHAIN_CLIPS),
        kinematics=project.per_clip("results/kinematics/{clip}.h5", CHAIN_CLIPS),
    output:
        summary="results/chain/summary.json",
        png=report(
            "results/chain/summary.png",
            caption="../workflow/report/sequences.rst",
            category="Sequence",
            labels={"clip": "all", "figure": "all clips together"},
        ),
    log:
        "logs/chain_summary.log",
    conda:
        "../envs/main.yaml"
    threads: 1
    resources:
        mem_mb=memory(1000),
        runtime=minutes(10),
    params:
        labels={clip: project.title(clip) for clip in CHAIN_CLIPS},
        settings=plan.only(config["chain"]["timing"], "before_s", "after_s", "seed"),
        code=code("chain_summary.py"),
    message:
        "summing up the kinetic chains"
    script:
        "../workflow/scripts/chain_summary.py"
