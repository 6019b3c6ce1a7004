"""What campaigns measured, handed down to where a model's answer should give way to it."""
