"""What single sign-on refuses. Each is shown on a page with the way to try again.

openhearth.errors
├── Invalid          SignInBroken
├── Forbidden        SignInRefused
└── UpstreamFailed   ProviderFailed
"""

from openhearth.errors import Forbidden, Invalid, UpstreamFailed


class SignInBroken(Invalid):
    """What came back from the provider cannot be trusted."""


class SignInRefused(Forbidden):
    """The provider, or a rule of this hub, does not let the person in."""


class ProviderFailed(UpstreamFailed):
    """The provider cannot be reached or does not speak OpenID Connect."""
