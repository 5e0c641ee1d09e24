"""What each number is, and by whose definition: from facts to values with the rows behind them."""
