"""Instances and results as the files of others: workbooks, folders of CSV, and the problems of neighbouring tools."""
