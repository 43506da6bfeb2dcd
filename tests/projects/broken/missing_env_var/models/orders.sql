select sha256('{{ env_var('COTERIE_TEST_SALT_THAT_NOBODY_SETS') }}') as salt
