"""What is true across tools: the flow that ties them, the rules that judge, the doors that show several at once."""
