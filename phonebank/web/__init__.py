"""Blueprints: parse what came, call one verb, render a page."""
