import unittest

from shop import total


class Total(unittest.TestCase):
    def test_prices_add_up_to_the_cent(self) -> None:
        self.assertEqual(total(["1.10", "2.20"]), "3.30")

    def test_nothing_costs_nothing(self) -> None:
        self.assertEqual(total([]), "0.00")
