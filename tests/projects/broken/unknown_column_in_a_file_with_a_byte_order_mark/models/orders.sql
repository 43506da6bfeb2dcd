select amonut from range(3)
