"""The composition root: adapters made from settings, and the service that runs the control loop. It decides nothing."""
