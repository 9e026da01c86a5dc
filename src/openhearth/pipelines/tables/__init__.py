"""Tasks over tables: learning from rows, saved scikit-learn models, forecasts. Import no torch."""
