from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise.indexes import Index

class Migration(migrations.Migration):
    dependencies = [('models', '0003_study_plans')]

    initial = False

    operations = [
        ops.RemoveIndex(
            model_name='Delivery',
            name=None,
            fields=['target', 'state'],
        ),
        ops.AddIndex(
            model_name='Delivery',
            index=Index(fields=['target']),
        ),
    ]
