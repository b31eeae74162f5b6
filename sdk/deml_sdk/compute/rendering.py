"""Jobs as compute networks read them: Bacalhau's, and the template of a Lilypad module.

Bacalhau: ``models.Job`` of v1, https://github.com/bacalhau-project/bacalhau ``pkg/models/job.go``, ``task.go``,
``network.go``; the docker engine's parameters are in ``pkg/executor/docker/models/types.go``, an IPFS input's in
``pkg/storage/ipfs/types.go``.

Lilypad: ``pkg/module/utils.go`` reads ``lilypad_module.json.tmpl`` by Go's text/template, with every input already
encoded as JSON, into ``data.Module`` (``pkg/data``), whose job is Bacalhau's of V1beta1.
"""

from __future__ import annotations

import json
import re
from typing import Any, Final

from deml.base.limits import MAX_PARTICIPANTS
from deml_sdk.compute.errors import BadImage
from deml_sdk.compute.prepare import PreparedComputation
from deml_sdk.compute.request import HOLDOUT, INITIAL, INPUTS, MODEL, ROWS, request_text

TEMPLATE: Final = "lilypad_module.json.tmpl"
"""Name of a module's template, at the root of its repository."""

JOB: Final = "bacalhau.json"

COMMAND: Final = ("python3", "-m", "deml_learn.compute.program")
"""What a container starts, before the request; the image has it as its entry point, too."""

EXAMPLE_IMAGE: Final = "registry.example/deml-compute:0.1.0"
"""Stands for an image that you have built and pushed (docker/compute): nobody has published one."""

CPUS: Final = 1
MEMORY_MB: Final = 2_048
"""What a job may use: the largest holdout takes four times its 32 MiB, the Application's state at most 1 GiB."""

TIMEOUT_SECONDS: Final = 3_600

ACTION: Final = '{{ if .request }}{{ .request }}{{ else }}""{{ end }}'
"""Where the request goes. Bare, since Lilypad encodes inputs as JSON before: the builtin ``js``, which some modules put
around them, would encode a second time, and makes an apostrophe into what is no JSON."""

_IMAGE: Final = re.compile(
    r"[a-z0-9]+(?:[._-]+[a-z0-9]+)*(?::[0-9]{1,5})?(?:/[a-z0-9]+(?:[._-]+[a-z0-9]+)*)*"
    r"(?::[A-Za-z0-9_][A-Za-z0-9_.-]{0,127})?(?:@sha256:[0-9a-f]{64})?"
)


def checked_image(image: str) -> str:
    """Refuse what is no name of an image.

    Raises
    ------
    BadImage
    """
    if len(image) > 512 or not _IMAGE.fullmatch(image):
        raise BadImage(image)
    return image


def pinned(image: str) -> bool:
    """Whether nobody can exchange an image under its name."""
    return "@sha256:" in image


def bacalhau_job(prepared: PreparedComputation, image: str) -> dict[str, Any]:
    """Make a job of Bacalhau's docker engine; its inputs are mounted from IPFS, its outputs published there.

    Raises
    ------
    BadImage, RequestTooLong
    """
    request = prepared.request
    engine = {"Image": checked_image(image), "Entrypoint": [*COMMAND], "Parameters": [request_text(request)]}
    about = "" if request.about is None else f"-{request.about.job_id}"
    return {
        "Name": f"deml-{request.use}{about}",
        "Type": "batch",
        "Count": 1,
        "Tasks": [
            {
                "Name": "main",
                "Engine": {"Type": "docker", "Params": engine},
                "Publisher": {"Type": "ipfs"},
                "InputSources": [
                    {"Source": {"Type": "ipfs", "Params": {"CID": one.cid}}, "Target": f"/inputs/{one.name}"}
                    for one in request.files
                ],
                "ResultPaths": [{"Name": "outputs", "Path": "/outputs"}],
                "Resources": {"CPU": str(CPUS), "Memory": f"{MEMORY_MB}MB"},
                "Network": {"Type": "None"},
                "Timeouts": {"ExecutionTimeout": TIMEOUT_SECONDS},
            }
        ],
    }


def module_template(image: str) -> str:
    """Write the template of a Lilypad module that runs an image; whatever its user passes stays one argument.

    Raises
    ------
    BadImage
    """
    place = "@REQUEST@"
    models = [MODEL.format(number) for number in range(MAX_PARTICIPANTS)]
    module = {
        "machine": {"gpu": 0, "cpu": CPUS * 1_000, "ram": MEMORY_MB},
        "inputFiles": {"required": [], "optional": [INITIAL, HOLDOUT, INPUTS, ROWS, *models]},
        "job": {
            "APIVersion": "V1beta1",
            "Spec": {
                "Deal": {"Concurrency": 1},
                "Docker": {"Image": checked_image(image), "Entrypoint": [*COMMAND, place]},
                "Engine": "Docker",
                "Network": {"Type": "None"},
                "Outputs": [{"Name": "outputs", "Path": "/outputs"}],
                "PublisherSpec": {"Type": "ipfs"},
                "Resources": {"CPU": str(CPUS), "Memory": f"{MEMORY_MB}MB", "GPU": ""},
                "Timeout": TIMEOUT_SECONDS,
            },
        },
    }
    return json.dumps(module, indent=2).replace(json.dumps(place), ACTION) + "\n"


def filled_module(template: str, request: str) -> dict[str, Any]:
    """Do what Lilypad does with a template and an input ``request``: the one place here that stands for its engine."""
    filled: dict[str, Any] = json.loads(template.replace(ACTION, json.dumps(request)))
    return filled
