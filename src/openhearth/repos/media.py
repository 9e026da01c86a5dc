"""Media types for files that strangers uploaded: what shows safely shows, the rest is text or a download."""

_TYPES = {
    "png": "image/png", "jpg": "image/jpeg", "jpeg": "image/jpeg", "gif": "image/gif", "webp": "image/webp",
    "bmp": "image/bmp", "ico": "image/x-icon", "avif": "image/avif", "svg": "image/svg+xml",
    "mp3": "audio/mpeg", "wav": "audio/wav", "ogg": "audio/ogg", "flac": "audio/flac", "m4a": "audio/mp4",
    "mp4": "video/mp4", "webm": "video/webm", "mov": "video/quicktime",
    "pdf": "application/pdf", "json": "application/json",
}  # fmt: skip
_TEXT = frozenset((
    "txt", "md", "rst", "csv", "tsv", "jsonl", "yaml", "yml", "toml", "ini", "cfg", "conf", "py", "pyi",
    "ipynb", "js", "ts", "tsx", "jsx", "mjs", "css", "html", "htm", "xml", "xhtml", "sh", "bash", "c",
    "h", "cpp", "hpp", "cu", "java", "go", "rs", "rb", "php", "sql", "r", "jl", "lua", "tex", "bib",
    "log", "jinja", "gitignore", "gitattributes", "dockerfile", "license", "readme", "makefile", "lock",
))  # fmt: skip


def media_type(path: str) -> str:
    """HTML and scripts are plain text here: they would otherwise run with the reader's session."""
    name = path.rpartition("/")[2].lower()
    ending = name.rpartition(".")[2]
    if ending in _TYPES:
        return _TYPES[ending]
    return "text/plain; charset=utf-8" if ending in _TEXT else "application/octet-stream"
