"""soakgate: measures a service through a Kubernetes upgrade and gives a verdict with bounds."""

__all__ = ["__version__"]

__version__ = "0.1.0"
