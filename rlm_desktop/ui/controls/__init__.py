"""How a person steps in while a run goes on: pause, step mode, a look at a variable."""
