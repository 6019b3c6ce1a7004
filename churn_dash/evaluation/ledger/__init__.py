"""Every amount of money opened into its inputs, and which of them decides."""
