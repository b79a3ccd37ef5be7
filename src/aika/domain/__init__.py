"""The words of aika as types: values and rules that need nothing but the standard library."""
