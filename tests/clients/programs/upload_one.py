"""Upload one file: `upload_one.py FILE REPO`."""

import sys

from huggingface_hub import upload_file

upload_file(path_or_fileobj=sys.argv[1], path_in_repo="big.bin", repo_id=sys.argv[2])
