"""Files of XGBoost and LightGBM."""
