"""Hyperparameter studies: ranges as data, judged on later time, kept in a storage that workers share."""
