"""What a new repo holds: the attributes that send large formats through LFS, and the card of a Space."""

from openhearth.kit.names import RepoRef

SPACE_SDKS = ("gradio", "streamlit", "docker", "static")

# The formats that the ecosystem treats as large from the start, each an ending or a name pattern.
_LFS_PATTERNS = (
    "*.7z", "*.arrow", "*.avro", "*.bin", "*.bz2", "*.ckpt", "*.ftz", "*.gguf", "*.gz", "*.h5",
    "*.joblib", "*.lfs.*", "*.lz4", "*.mlmodel", "*.model", "*.msgpack", "*.npy", "*.npz", "*.onnx",
    "*.ot", "*.parquet", "*.pb", "*.pickle", "*.pkl", "*.pt", "*.pth", "*.rar", "*.safetensors",
    "saved_model/**/*", "*.tar.*", "*.tar", "*.tflite", "*.tgz", "*.wasm", "*.xz", "*.zip", "*.zst",
    "*tfevents*",
)  # fmt: skip
_LFS_PATTERNS_OF_DATASETS = (
    "*.mds", "*.pcm", "*.sam", "*.raw", "*.aac", "*.flac", "*.mp3", "*.ogg", "*.wav", "*.bmp", "*.gif",
    "*.png", "*.tiff", "*.jpg", "*.jpeg", "*.webp", "*.mp4", "*.webm",
)  # fmt: skip
_APP_FILES = {"gradio": "app.py", "streamlit": "app.py", "static": "index.html"}


def lfs_line(pattern: str) -> str:
    """A line of .gitattributes that sends `pattern` through LFS."""
    return f"{pattern} filter=lfs diff=lfs merge=lfs -text\n"


def first_files(repo: RepoRef, sdk: str | None) -> dict[str, str]:
    """Path to text of the first commit."""
    patterns = [*_LFS_PATTERNS, *(_LFS_PATTERNS_OF_DATASETS if repo.type == "dataset" else ())]
    files = {".gitattributes": "".join(map(lfs_line, patterns))}
    if repo.type == "space":
        files["README.md"] = _space_card(repo, sdk or "static")
    return files


def _space_card(repo: RepoRef, sdk: str) -> str:
    title = repo.name.replace("-", " ").replace("_", " ").strip().title() or repo.name
    lines = [f'title: "{title}"', "emoji: 🔥", "colorFrom: red", "colorTo: yellow", f"sdk: {sdk}"]
    if sdk in _APP_FILES:
        lines.append(f"app_file: {_APP_FILES[sdk]}")
    else:
        lines.append("app_port: 7860")
    return "---\n" + "\n".join([*lines, "pinned: false"]) + "\n---\n"
