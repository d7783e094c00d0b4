"""What openstacksdk makes of files and environments.

Reads {"clouds": [case...], "yaml": [text...]} as JSON, and writes these
questions and the answers: of each case the cloud's settings, or {"error": class}; of each text what
PyYAML's safe_load gives, numbers as text, or null and "error".

A case: "files" (path -> text), "folders", "env", and "ask", the arguments of
get_one. "@" at the beginning of a path, in a value of the environment or in a
text stands for the case's own folder.
"""
import importlib
import json
import os
import shutil
import sys
import tempfile
import warnings

warnings.simplefilter("ignore")
for name in [name for name in os.environ if name.startswith(("OS_", "RS_", "XDG_", "SNAP_"))]:
    del os.environ[name]

import yaml                                # noqa: E402
import openstack.config.cloud_region       # noqa: E402,F401
from openstack.config import loader        # noqa: E402
from keystoneauth1 import loading          # noqa: E402,F401

SERVICE = "block-storage"


def settings(region):
    verify, cert = region.get_requests_verify_args()
    return {
        "name": region.name,
        "auth": region.config.get("auth"),
        "auth_type": region.config.get("auth_type"),
        "region": region.get_region_name(SERVICE),
        "interface": region.get_interface(SERVICE),
        "endpoint": region.get_endpoint(SERVICE),
        "api_version": region.get_api_version(SERVICE),
        "microversion": region.get_default_microversion(SERVICE),
        "service_type": region.get_service_type(SERVICE),
        "service_name": region.get_service_name(SERVICE),
        "verify": verify,
        "cert": list(cert) if isinstance(cert, tuple) else cert,
        "timeout": region.config.get("api_timeout"),
    }


def place(value, folder, back=False):
    """Puts the folder for "@", or "@" for the folder."""
    if isinstance(value, dict):
        return {key: place(item, folder, back) for key, item in value.items()}
    if isinstance(value, list):
        return [place(item, folder, back) for item in value]
    if isinstance(value, str):
        return value.replace(folder, "@") if back else value.replace("@", folder)
    return value


def answer(case, folder):
    for path in case.get("folders", []):
        os.makedirs(os.path.join(folder, path))
    for path, text in case.get("files", {}).items():
        path = os.path.join(folder, path)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8", newline="") as file:
            file.write(place(text, folder))
    os.makedirs(os.path.join(folder, "cwd"), exist_ok=True)
    os.chdir(os.path.join(folder, "cwd"))
    os.environ.update({"HOME": folder + "/home", "XDG_CONFIG_DIRS": folder + "/etc/xdg"})
    os.environ.update(place(case.get("env", {}), folder))
    try:
        importlib.reload(loader)  # it looks at the environment when it is loaded
        region = loader.OpenStackConfig().get_one(**case.get("ask", {}))
        return place(settings(region), folder, back=True)
    except Exception as error:
        return {"error": type(error).__name__}


def ask(case):
    """Answers in a process of its own, as modules keep what they have read."""
    folder = os.path.realpath(tempfile.mkdtemp())
    read, write = os.pipe()
    pid = os.fork()
    if pid == 0:
        sys.stderr.flush()
        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
        with os.fdopen(write, "w") as pipe:
            json.dump(answer(case, folder), pipe, default=str)
        os._exit(0)
    os.close(write)
    with os.fdopen(read) as pipe:
        text = pipe.read()
    os.waitpid(pid, 0)
    shutil.rmtree(folder)
    return json.loads(text)


def plain(value):
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    return str(value)


def read(text):
    try:
        return {"value": plain(yaml.safe_load(text))}
    except Exception:
        return {"error": True}


def lines(items):
    """A line for each, so that a change is seen where it is."""
    return "[\n%s\n]" % ",\n".join(
        json.dumps(item, sort_keys=True, default=str) for item in items)


def section(clouds, texts):
    return '{"clouds": %s, "yaml": %s}' % (lines(clouds), lines(texts))


asked = json.load(sys.stdin)
print('{"questions": %s,\n"answers": %s}' % (
    section(asked["clouds"], asked["yaml"]),
    section([ask(case) for case in asked["clouds"]], [read(text) for text in asked["yaml"]])))
