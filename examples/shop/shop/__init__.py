"""A very small shop: it adds up prices."""

from decimal import Decimal


def total(prices: list[str]) -> str:
    """The sum of the prices, with two decimals. Errors: decimal.InvalidOperation for what is no number."""
    return str(sum((Decimal(price) for price in prices), Decimal(0)).quantize(Decimal("0.01")))
