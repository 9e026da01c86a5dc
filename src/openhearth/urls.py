"""The only speller of addresses. Paths are percent-encoded here and nowhere else."""

from urllib.parse import quote, urlencode, urlsplit

from openhearth.kit.names import BucketRef, RepoRef


def quote_rev(revision: str) -> str:
    """A revision as one path segment: clients send `refs%2Fpr%2F1`."""
    return quote(revision, safe="")


def quote_path(path: str) -> str:
    return quote(path, safe="/")


def with_query(path: str, **query: object) -> str:
    pairs = [(key, str(value)) for key, value in query.items() if value not in (None, "")]
    return f"{path}?{urlencode(pairs)}" if pairs else path


class Urls:
    """Addresses below one public base, given by configuration."""

    def __init__(self, base: str, *, ssh_port: int = 0) -> None:
        self.base = base.rstrip("/")
        self._ssh_port = ssh_port

    def absolute(self, path: str) -> str:
        return self.base + path

    # pages -------------------------------------------------------------------------------------------------------
    def repo(self, repo: RepoRef) -> str:
        return f"/{repo.id}" if repo.type == "model" else f"/{repo.plural}/{repo.id}"

    def tree(self, repo: RepoRef, revision: str, path: str = "") -> str:
        return f"{self.repo(repo)}/tree/{quote_rev(revision)}" + (f"/{quote_path(path)}" if path else "")

    def blob(self, repo: RepoRef, revision: str, path: str) -> str:
        return f"{self.repo(repo)}/blob/{quote_rev(revision)}/{quote_path(path)}"

    def edit(self, repo: RepoRef, revision: str, path: str) -> str:
        return f"{self.repo(repo)}/edit/{quote_rev(revision)}/{quote_path(path)}"

    def upload(self, repo: RepoRef, revision: str, path: str = "") -> str:
        return f"{self.repo(repo)}/upload/{quote_rev(revision)}" + (f"/{quote_path(path)}" if path else "")

    def new_file(self, repo: RepoRef, revision: str, folder: str = "") -> str:
        return f"{self.repo(repo)}/new/{quote_rev(revision)}" + (f"/{quote_path(folder)}" if folder else "")

    def rename_file(self, repo: RepoRef, revision: str, path: str) -> str:
        return f"{self.repo(repo)}/rename/{quote_rev(revision)}/{quote_path(path)}"

    def delete_file(self, repo: RepoRef, revision: str, path: str) -> str:
        return f"{self.repo(repo)}/delete/{quote_rev(revision)}/{quote_path(path)}"

    def layers(self, repo: RepoRef, revision: str) -> str:
        return f"{self.repo(repo)}/layers/{quote_rev(revision)}"

    def commits(self, repo: RepoRef, revision: str, path: str = "") -> str:
        return f"{self.repo(repo)}/commits/{quote_rev(revision)}" + (f"/{quote_path(path)}" if path else "")

    def commit(self, repo: RepoRef, commit: str) -> str:
        return f"{self.repo(repo)}/commit/{commit}"

    def discussions(self, repo: RepoRef) -> str:
        return f"{self.repo(repo)}/discussions"

    def discussion(self, repo: RepoRef, number: int) -> str:
        return f"{self.discussions(repo)}/{number}"

    def blame(self, repo: RepoRef, revision: str, path: str) -> str:
        return f"{self.repo(repo)}/blame/{quote_rev(revision)}/{quote_path(path)}"

    def compare(self, repo: RepoRef, base: str, head: str, *, dots: str = "...") -> str:
        return f"{self.repo(repo)}/compare/{quote_rev(base)}{dots}{quote_rev(head)}"

    def settings(self, repo: RepoRef) -> str:
        return f"{self.repo(repo)}/settings"

    def profile(self, name: str) -> str:
        return f"/{name}"

    def likes_of(self, name: str) -> str:
        return f"/users/{name}/likes"

    def avatar(self, name: str) -> str:
        """Absolute: the API hands it out."""
        return self.absolute(f"/avatars/{quote(name)}.svg")

    def bucket(self, bucket: BucketRef) -> str:
        return f"/buckets/{bucket.id}"

    def bucket_tree(self, bucket: BucketRef, folder: str = "") -> str:
        return f"{self.bucket(bucket)}/tree/{quote_path(folder)}" if folder else self.bucket(bucket)

    def bucket_page(self, bucket: BucketRef, page: str, folder: str = "") -> str:
        """A page about a bucket or a folder of it: `upload`, `delete`, `settings`."""
        return f"{self.bucket(bucket)}/{page}" + (f"/{quote_path(folder)}" if folder else "")

    # bytes -------------------------------------------------------------------------------------------------------
    def resolve(self, repo: RepoRef, revision: str, path: str) -> str:
        return f"{self.repo(repo)}/resolve/{quote_rev(revision)}/{quote_path(path)}"

    def bucket_file(self, bucket: BucketRef, path: str) -> str:
        return f"{self.bucket(bucket)}/resolve/{quote_path(path)}"

    def raw(self, repo: RepoRef, revision: str, path: str) -> str:
        return f"{self.repo(repo)}/raw/{quote_rev(revision)}/{quote_path(path)}"

    def git(self, repo: RepoRef) -> str:
        return self.absolute(self.repo(repo))

    def ssh(self, address: str) -> str:
        """Where git finds the repo `address` (ns/name, datasets/ns/name) over SSH; empty while that door is closed."""
        if not self._ssh_port:
            return ""
        host = urlsplit(self.base).hostname or "localhost"
        host = f"[{host}]" if ":" in host else host
        return f"ssh://git@{host}{'' if self._ssh_port == 22 else f':{self._ssh_port}'}/{address}"

    # API ---------------------------------------------------------------------------------------------------------
    def api_repo(self, repo: RepoRef) -> str:
        return f"/api/{repo.plural}/{repo.id}"

    def xet_token(self, repo: RepoRef, scope: str, revision: str) -> str:
        return self.absolute(f"{self.api_repo(repo)}/xet-{scope}-token/{quote_rev(revision)}")

    def bucket_xet_token(self, bucket: BucketRef, scope: str) -> str:
        return self.absolute(f"/api/buckets/{bucket.id}/xet-{scope}-token")
