"""Notifications in words and where they lead. Pure."""

from openhearth.community.notifications.records import Notification, Reason
from openhearth.urls import Urls

_DONE = {
    "opened": "opened",
    "commented": "commented on",
    "edited": "mentioned you in",
    "closed": "closed",
    "reopened": "reopened",
    "renamed": "renamed",
    "merged": "merged",
}
_REASONS: dict[Reason, str] = {
    "mention": "you are mentioned",
    "participant": "you take part",
    "watch": "you watch it",
    "owner": "you look after it",
    "answer": "you asked",
}


def sentence_of(told: Notification) -> str:
    """What happened, without its subject: `eve commented on`."""
    news, who = told.news, told.news.actor_name or "Somebody"
    if news.change == "created":
        return "New repo"
    if news.change == "requested":
        return f"{news.title} asks for access to"
    if news.change in ("accepted", "rejected"):
        return f"{who} {news.change} your request for"
    return f"{who} {_DONE[news.change]}"


def title_of(told: Notification) -> str:
    news = told.news
    return f"{news.title} #{news.number}" if news.number is not None else told.repo.id


def reason_of(told: Notification) -> str:
    return _REASONS[told.reason]


def href_of(told: Notification, urls: Urls) -> str:
    news = told.news
    if news.number is not None:
        here = urls.discussion(told.repo, news.number)
        return f"{here}#{news.comment_id}" if news.comment_id else here
    if news.change == "requested":
        return urls.settings(told.repo)
    return urls.repo(told.repo)
