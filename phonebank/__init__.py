"""Phonebank: send one hard ask, understand the answers, hand every maybe to a person."""
