"""Load by Locust, counted per second and name."""
